-- Purpose: shut a connection to the outside and bound what a question may use, for good.
-- Run after allow_folders: once external access is off, no folder can be added.
SET memory_limit = '50%';
SET max_temp_directory_size = '16GB';
SET python_enable_replacements = false;
SET autoinstall_known_extensions = false;
SET autoload_known_extensions = false;
SET enable_external_access = false;
SET lock_configuration = true;
