# cpack reads this file after packing. It copies the bill of materials next to the package, as offhook_VERSION_ARCHITECTURE.cdx.json.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
  get_filename_component(name ${package} NAME)
  string(REGEX REPLACE "\\.deb$" ".cdx.json" name ${name})
  configure_file(${CPACK_TEMPORARY_DIRECTORY}/program/usr/share/doc/offhook/offhook.cdx.json ${CPACK_PACKAGE_DIRECTORY}/${name} COPYONLY)
endforeach()
