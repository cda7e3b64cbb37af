#pragma once

#include <openssl/bio.h>

namespace offhook::inline v0::sip::detail {

/// Makes a BIO through which OpenSSL uses a non-blocking socket. OpenSSL's own socket BIO writes without MSG_NOSIGNAL, so a
/// closed peer would end the process. Does not own the descriptor. Returns null if there is no memory.
[[nodiscard]] BIO* make_socket_bio(int fd);

}  // namespace offhook::inline v0::sip::detail
