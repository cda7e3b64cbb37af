// The first octet chooses a form of a secret, the second octet chooses the line ends and blanks, and the rest is text around the secret. Checks that
// masking keeps the size, the blanks and the line ends, and leaves no planted secret.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/capture/masking.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr std::string_view kSecret = "s3cret-c4nary";

std::string masked(std::string text) {
  offhook::agent::capture::mask_secrets(text);
  return text;
}

void check_any(const std::string& text) {
  const std::string once = masked(text);
  require(once.size() == text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool gives_structure = std::string_view(" \t\r\n").find(text[i]) != std::string_view::npos;
    require(once[i] == text[i] || (!gives_structure && once[i] == 'x'));
  }
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // '$' is the secret, '_' a blank that may be folded, '#' text that may not contain a quote or a line end.
  constexpr std::array<std::string_view, 20> kForms{
      "Authorization:_Digest_username=\"#\",_response=\"$\",_nc=1", "PROXY-authorization :_Digest_realm=\"#\",_cnonce_=_$", "Authorization:_Bearer_$",
      "Authentication-Info:_rspauth=\"$\",_qop=\"#\"",                "Identity:_#a.b.$;info=<https://a>",                   "Contact:_\"#\"_<sip:6001:$@192.0.2.1;#>",
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:$|2^20|1:4",       "a=ice-pwd:$",                                            "k=clear:$",
      "X-Access-Token:_$",                                          "a=key-mgmt:mikey $",                                     "Signal=$",
      "Refer-To:_<sip:#@b?Replaces=#&Authorization=$&a=#>",        "a=crypto:1 AEAD_AES_128_GCM inline: $",                   "X-Auth-Key:_$",
      "Contact:_<sip:#@b>;x-access-token_=_\"$\";#=#",             "Contact:_<sip:#@b>_;pn-prid_=_$",                         "user=#&pass=$&#",
      "Authorization:_Digest_username=6001;response=$",             "Call-Info:_<https://a?api%key=$>"};
  constexpr std::array<std::string_view, 4> kBlanks{" ", "\r\n ", "\t", " \n\t "};
  Script script(data, std::min<std::size_t>(size, 4096));
  const std::string_view form = kForms.at(script.next() % kForms.size());
  const std::uint8_t style = script.next();
  const std::string rest(script.text(script.size()));
  check_any(rest);
  std::string inside;
  for (const char c : rest.substr(0, 64)) {
    if (c > ' ' && std::string_view("\\\"<>;,:.@$_#").find(c) == std::string_view::npos) inside += c;
  }
  const std::string line_end = (style & 4U) != 0 ? "\n" : "\r\n";
  std::string line = replaced(replaced(std::string(form), "_", kBlanks.at(style & 3U)), "#", inside);
  line = replaced(line, "$", kSecret);
  // The text before the line may end within a quoted text or a folded field, but the line begins after a line end.
  const std::string message = rest + line_end + line + line_end + rest;
  check_any(message);
  const bool is_planted_once = (rest + "\n" + inside).find(kSecret) == std::string::npos;
  require(!is_planted_once || masked(message).find(kSecret) == std::string::npos);
  return 0;
}
