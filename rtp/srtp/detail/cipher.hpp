#pragma once

#include <memory>

struct evp_cipher_ctx_st;

namespace offhook::inline v0::rtp::detail {

struct ReleaseCipher {
  void operator()(evp_cipher_ctx_st* context) const noexcept;
};
/// A cipher of OpenSSL with its key.
using Cipher = std::unique_ptr<evp_cipher_ctx_st, ReleaseCipher>;

}  // namespace offhook::inline v0::rtp::detail
