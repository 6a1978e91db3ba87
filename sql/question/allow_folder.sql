-- Purpose: name the one folder that SQL may read from once external access is off.
-- Params:  $folder (absolute, ending in a slash)
SET allowed_directories = [$folder];
