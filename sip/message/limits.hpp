#pragma once

#include <cstddef>

/// The bounds of one message. Tests check each bound at N and at N + 1.
namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxMessageBytes = 65535;  ///< one UDP datagram; also the limit of one stream message
inline constexpr std::size_t kMaxHeaders = 256;
inline constexpr std::size_t kMaxVias = 70;  ///< the initial Max-Forwards is 70 (RFC 3261 section 8.1.1.6)
inline constexpr std::size_t kMaxContacts = 16;
inline constexpr std::size_t kMaxRoutes = 32;      ///< Route values; the same bound holds for Record-Route values
inline constexpr std::size_t kMaxParams = 64;      ///< per URI, name-addr or Via; also header components per URI
inline constexpr std::size_t kMaxAuthParams = 32;  ///< per Authorization
inline constexpr std::size_t kMaxMultipartDepth = 3;  ///< levels of nested multipart bodies, including the outermost
inline constexpr std::size_t kMaxBodyParts = 32;      ///< per body, including the parts of nested bodies

}  // namespace offhook::inline v0::sip
