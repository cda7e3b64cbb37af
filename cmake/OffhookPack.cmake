# Read by cpack each time that it packs: commits come after the build tree was configured.
include(${CPACK_OFFHOOK_SOURCE}/cmake/OffhookPackageVersion.cmake)
offhook_package_version(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_NUMBER} CPACK_PACKAGE_VERSION)
offhook_package_changelog(${CPACK_OFFHOOK_SOURCE} ${CPACK_OFFHOOK_FILES} ${CPACK_PACKAGE_VERSION} "${CPACK_PACKAGE_CONTACT}")
