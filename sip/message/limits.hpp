#pragma once

#include <cstddef>

/// What one message may hold at most. Each bound has a test at N and at N + 1.
namespace offhook::inline v0::sip {

inline constexpr std::size_t kMaxMessageBytes = 65535;  ///< One UDP datagram, and the most that one stream message may take.
inline constexpr std::size_t kMaxHeaders = 256;
inline constexpr std::size_t kMaxVias = 70;  ///< As Max-Forwards starts at 70 (RFC 3261 section 8.1.1.6).
inline constexpr std::size_t kMaxContacts = 16;
inline constexpr std::size_t kMaxRoutes = 32;      ///< Route values; Record-Route values as many.
inline constexpr std::size_t kMaxParams = 64;      ///< Of one URI, one name-addr or one Via; and header components of one URI.
inline constexpr std::size_t kMaxAuthParams = 32;  ///< Of one Authorization.
inline constexpr std::size_t kMaxMultipartDepth = 3;  ///< A multipart body within a part of another, and one more.
inline constexpr std::size_t kMaxBodyParts = 32;      ///< Of one body, those of nested ones counted.

}  // namespace offhook::inline v0::sip
