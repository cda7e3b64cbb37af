# The installed libraries: `cmake --install build/release` installs all components, or one at a time (docs/embedding.md).
#   offhook_component(NAME [NEEDS component ...] [PACKAGES pkg-config module ...] HEADERS file or folder ...)
# installs the library, its public headers, and the file for find_package(offhook COMPONENTS NAME). In a folder of HEADERS, all headers are public,
# except those in detail/ and in folders that are components themselves.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(offhook_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/offhook)
set(OFFHOOK_PUBLIC_HEADERS "")

function(offhook_component name)
  cmake_parse_arguments(arg "" "" "NEEDS;PACKAGES;HEADERS" ${ARGN})
  set(headers "")
  foreach(entry IN LISTS arg_HEADERS)
    if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/${entry})
      file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${entry}/*.hpp)
      list(FILTER found EXCLUDE REGEX "/detail/|^sip/transport/|^sip/subscription/packages/|^media/(dtls|engine)/")
      list(APPEND headers ${found})
    else()
      list(APPEND headers ${entry})
    endif()
  endforeach()
  foreach(header IN LISTS headers)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${CMAKE_SOURCE_DIR}/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/offhook/${folder} COMPONENT ${name})
  endforeach()
  set(OFFHOOK_PUBLIC_HEADERS ${OFFHOOK_PUBLIC_HEADERS} ${headers} PARENT_SCOPE)

  set_target_properties(offhook_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS offhook_${name} EXPORT offhook_${name} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${name})
  install(EXPORT offhook_${name} NAMESPACE offhook:: FILE offhook_${name}.cmake DESTINATION ${offhook_config_dir} COMPONENT ${name})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/install/offhook_${name}_needs.cmake CONTENT
    "set(offhook_${name}_needs ${arg_NEEDS})\nset(offhook_${name}_packages ${arg_PACKAGES})\n")
  install(FILES ${CMAKE_BINARY_DIR}/install/offhook_${name}_needs.cmake DESTINATION ${offhook_config_dir} COMPONENT ${name})
endfunction()

# offhook_pkg_config(NAME DESCRIPTION text [LIBRARIES component ...] [REQUIRES module ...] [PRIVATE module ...] [FLAGS flag ...])
# The libraries are static: `pkg-config --static` adds the modules and flags of PRIVATE and FLAGS.
function(offhook_pkg_config name)
  cmake_parse_arguments(arg "" "DESCRIPTION" "LIBRARIES;REQUIRES;PRIVATE;FLAGS" ${ARGN})
  set(libraries "")
  foreach(library IN LISTS arg_LIBRARIES)
    string(APPEND libraries " -loffhook_${library}")
  endforeach()
  list(JOIN arg_REQUIRES ", " requires)
  list(JOIN arg_PRIVATE ", " private)
  list(JOIN arg_FLAGS " " flags)
  set(description "${arg_DESCRIPTION}")
  file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/offhook.pc.in ${CMAKE_BINARY_DIR}/install/offhook-${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/install/offhook-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${name})
endfunction()

offhook_component(base HEADERS base)
offhook_component(sdp NEEDS base HEADERS sdp)
offhook_component(sip NEEDS base PACKAGES openssl HEADERS sip)
offhook_component(sip_transport NEEDS sip PACKAGES openssl libcares threads HEADERS sip/transport/self_signed.hpp sip/transport/sip_edge.hpp sip/transport/tls_options.hpp
  sip/transport/web_pages.hpp sip/transport/web_socket_options.hpp)
offhook_component(sip_packages NEEDS sip PACKAGES pugixml HEADERS
  sip/subscription/packages/package_error.hpp sip/subscription/packages/version_rule.hpp
  sip/subscription/packages/message_summary.hpp sip/subscription/packages/dialog_info.hpp
  sip/subscription/packages/registration_info.hpp sip/subscription/packages/conference_info.hpp)
offhook_component(rtp NEEDS base PACKAGES openssl HEADERS rtp)
offhook_component(media NEEDS rtp PACKAGES openssl opus HEADERS media)
offhook_component(media_dtls NEEDS rtp PACKAGES openssl
  HEADERS media/dtls/certificate.hpp media/dtls/endpoint.hpp media/dtls/failure.hpp media/dtls/fingerprint.hpp media/dtls/handshake.hpp media/dtls/role.hpp)
offhook_component(media_engine NEEDS media PACKAGES threads liburing
  HEADERS media/engine/engine.hpp media/engine/conference_statistics.hpp media/engine/datagrams.hpp media/engine/packet_path.hpp media/engine/packet_tap.hpp media/engine/order_box.hpp media/engine/srtp_path.hpp media/engine/scheduling.hpp
  media/engine/tick_histogram.hpp media/engine/recorder.hpp media/engine/recording_file.hpp media/engine/recording_opener.hpp media/engine/file_writer.hpp
  media/engine/voice_model.hpp media/engine/silero_model.hpp)
offhook_component(phone NEEDS sip_transport sip_packages sdp media_engine media_dtls
  HEADERS agent/phone/account.hpp agent/phone/call.hpp agent/phone/endpoint.hpp agent/phone/identity_options.hpp
    agent/phone/media_preparation.hpp agent/phone/media_security.hpp agent/phone/nat/nat_options.hpp agent/phone/phone_error.hpp agent/phone/phone_event.hpp agent/phone/subscription.hpp agent/phone/watch_options.hpp agent/phone/watcher.hpp)

offhook_pkg_config(base DESCRIPTION "results, addresses and time for Offhook's libraries" LIBRARIES base)
offhook_pkg_config(sdp DESCRIPTION "session descriptions: parse, write, negotiate" LIBRARIES sdp REQUIRES offhook-base)
offhook_pkg_config(sip DESCRIPTION "a SIP user agent as a state machine without I/O" LIBRARIES sip REQUIRES offhook-base PRIVATE libcrypto)
offhook_pkg_config(rtp DESCRIPTION "RTP, SRTP and RTCP without I/O: packets, jitter buffer, digits, quality" LIBRARIES rtp REQUIRES offhook-base
  PRIVATE libcrypto)
offhook_pkg_config(media DESCRIPTION "codecs, resampling, concealment, voice activity and tones, 20 ms at a time" LIBRARIES media REQUIRES offhook-rtp
  PRIVATE opus libcrypto)
offhook_pkg_config(phone DESCRIPTION "a telephone: SIP over sockets, offer and answer, RTP media"
  LIBRARIES phone sip_packages sip_transport media_engine media_dtls REQUIRES offhook-sip offhook-sdp offhook-media
  PRIVATE libssl libcares pugixml liburing FLAGS -pthread)

write_basic_package_version_file(${CMAKE_BINARY_DIR}/install/offhookConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_SOURCE_DIR}/cmake/offhookConfig.cmake ${CMAKE_BINARY_DIR}/install/offhookConfigVersion.cmake
  DESTINATION ${offhook_config_dir} COMPONENT base)
