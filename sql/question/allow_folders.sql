-- Purpose: name the folders that SQL may read from once external access is off.
-- Params:  $folders (list, absolute, ending in a slash)
SET allowed_directories = $folders;
