SELECT
    current_setting('enable_external_access') AS external,
    current_setting('lock_configuration') AS is_locked,
    current_setting('autoload_known_extensions') AS loads;
