# Read by cpack when the files of the package lie in its staging folder, before it packs them: each gets the mode that it has whatever the umask is.
execute_process(COMMAND chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
