#pragma once

#include <openssl/bio.h>

namespace offhook::inline v0::sip::detail {

/// OpenSSL reads and writes a non-blocking socket by it. Its own socket BIO writes without MSG_NOSIGNAL: a peer that is gone would
/// end the process. The descriptor stays its owner's. Null when memory is short.
[[nodiscard]] BIO* make_socket_bio(int fd);

}  // namespace offhook::inline v0::sip::detail
