# Read by cpack when the files of the package lie in its staging folder, before it packs them: the bill of materials joins them (docs/dependencies.md),
# and each file gets the mode that it has whatever the umask is.
set(files ${CPACK_TEMPORARY_DIRECTORY}/program/usr)
execute_process(COMMAND ${CPACK_OFFHOOK_SOURCE}/packaging/make_sbom ${files}/bin/offhook ${CPACK_PACKAGE_VERSION}
  OUTPUT_FILE ${files}/share/doc/offhook/offhook.cdx.json COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
