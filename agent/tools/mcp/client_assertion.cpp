#include <offhook/agent/tools/mcp/client_assertion.hpp>

#include <offhook/agent/support/json_text.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/sip/identity/es256.hpp>

#include <span>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::int64_t kLifeSeconds = 300;

/// Appends base64url without padding: RFC 7515 section 2.
void append_base64url(std::string& out, std::span<const std::uint8_t> octets) {
  std::string text;
  base::append_base64(text, octets);
  for (const char c : text) {
    if (c != '=') out += c == '+' ? '-' : c == '/' ? '_' : c;
  }
}
void append_base64url(std::string& out, std::string_view text) {
  append_base64url(out, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

std::optional<std::string> client_assertion(const Secret& private_key, std::string_view client_id,
                                            std::string_view audience, std::int64_t unix_seconds, std::string_view unique) {
  const auto key = sip::SigningKey::from_pem(private_key.reveal());
  if (!key) return std::nullopt;
  JsonText claims;
  claims.open("", '{').text("iss", client_id).text("sub", client_id).text("aud", audience).text("jti", unique);
  claims.number("iat", unix_seconds).number("exp", unix_seconds + kLifeSeconds).close('}');
  std::string token;
  append_base64url(token, std::string_view(R"({"alg":"ES256","typ":"JWT"})"));
  token += '.';
  append_base64url(token, claims.str());
  const auto signature = key->sign(token);
  if (!signature) return std::nullopt;
  token += '.';
  append_base64url(token, *signature);
  return token;
}

}  // namespace offhook::inline v0::agent::tools::mcp
