// The input is a key file: a key for encrypted recordings, a key for assertions, or one of the two files for identity. Checks that an
// accepted key can be used.
#include "require.hpp"

#include <offhook/agent/tools/mcp/client_assertion.hpp>
#include <offhook/media/files/sealed_recording.hpp>
#include <offhook/sip/identity/es256.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook;
using offhook::fuzz::require;

namespace {

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF \t\r\n\v\f") == std::string_view::npos; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto key = media::parse_recording_key(text);
  require(key ? is_hexadecimal(text) : key.error() == media::SealError::BadKey);
  if (const auto signing = sip::SigningKey::from_pem(text)) {
    const auto signature = signing->sign("text");
    const auto verifying = sip::VerifyingKey::from_pem(text);
    require(signature && (!verifying || !verifying->verifies("another text", *signature)));
    const auto assertion = agent::tools::mcp::client_assertion(agent::Secret(std::string(text)), "client", "https://audience.example", 1, "id");
    require(assertion && assertion->find_first_of("\r\n =") == std::string::npos);
  }
  if (const auto verifying = sip::VerifyingKey::from_pem(text)) require(!verifying->verifies("text", sip::Es256Signature{}));
  return 0;
}
