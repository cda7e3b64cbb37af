# cpack reads this file before packing, when all files are in its staging folder. It adds the bill of materials (docs/dependencies.md), and sets the
# mode of each file independently of the umask.
set(files ${CPACK_TEMPORARY_DIRECTORY}/program/usr)
execute_process(COMMAND ${CPACK_OFFHOOK_SOURCE}/packaging/make_sbom ${files}/bin/offhook ${CPACK_PACKAGE_VERSION}
  OUTPUT_FILE ${files}/share/doc/offhook/offhook.cdx.json COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
