# What goes into the Debian package: the command, what it reads, its service and its pages (packaging/README.md). The libraries are
# installed by their own components and are not in it.
install(TARGETS offhook RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY share/ DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook COMPONENT program USE_SOURCE_PERMISSIONS PATTERN silero EXCLUDE)
install(FILES packaging/grafana/offhook.json DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook/grafana COMPONENT program)
install(FILES packaging/kamailio/kamailio.cfg packaging/kamailio/dispatcher.list DESTINATION ${CMAKE_INSTALL_DATADIR}/offhook/kamailio COMPONENT program)
install(FILES packaging/offhook.service DESTINATION lib/systemd/system COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program FILES_MATCHING PATTERN *.md PATTERN pictures EXCLUDE)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT program)

# Packs what was built: ninja -C build/release offhook && cpack --config build/release/CPackConfig.cmake.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PACKAGE_CONTACT "The Offhook authors <offhook@localhost>")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME offhook)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)                       # asks dpkg-shlibdeps, of dpkg-dev
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "pocketsphinx-en-us, ca-certificates")  # what no library names: the recogniser's model, whom to trust
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Registers as an extension of a PBX and has an AI answer its calls.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/debian/postinst;${CMAKE_SOURCE_DIR}/packaging/debian/prerm;${CMAKE_SOURCE_DIR}/packaging/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
