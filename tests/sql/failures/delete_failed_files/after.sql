SELECT kind, path FROM failed_files;
