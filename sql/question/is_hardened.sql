-- Purpose: tell whether harden_connection has run in this process's instance of the catalog.
-- Returns: is_hardened
SELECT current_setting('lock_configuration') AS is_hardened;
