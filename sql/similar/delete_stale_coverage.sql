-- Purpose: forget that a comparison with other settings has compared MIDI items.
-- Writes:  version_coverage
-- Params:  $settings
DELETE FROM version_coverage
WHERE settings <> $settings;
