// The input is a peer's challenges and Authentication-Info. The target parses them, chooses a challenge, answers it, and uses it again.
#include "require.hpp"

#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/message/parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using offhook::fuzz::require;

namespace {

namespace base = offhook::base;
namespace sip = offhook::sip;

void read_challenges(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto before = rest.size();
    const auto challenge = sip::take_challenge(rest);
    require(rest.size() < before);
    if (!challenge || !*challenge) continue;
    require(!(*challenge)->nonce.empty() && (*challenge)->nonce.size() <= sip::kMaxNonceBytes);
    require((*challenge)->realm.size() <= sip::kMaxRealmBytes && (*challenge)->opaque.size() <= sip::kMaxOpaqueBytes);
  }
  (void)sip::find_auth_parameter(text, "nextnonce");
}

// Uses the input as the header lines of a 401 response to every request. Checks that the client gives up and does not repeat the request without end.
void answer(std::string_view lines) {
  const std::string text = "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                           "To: <sip:a@b>;tag=2\r\nCall-ID: i\r\nCSeq: 1 REGISTER\r\n" + std::string(lines) +
                           "\r\nContent-Length: 0\r\n\r\n";
  const auto message = sip::parse_message(sip::Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  if (!message) return;
  base::SeededRandom random(1);
  sip::DigestClient client(sip::Credentials{"6001", "s3cret"});
  const bool named = lines.find("s3cret") != std::string_view::npos;  // The peer's text may contain the word itself. Then the answer may repeat it.
  for (int request = 0; request < 2; ++request) {
    sip::AuthAttempt attempt;
    (void)client.preempt({"REGISTER", "sip:pbx.example", "body"}, random, attempt);
    int rounds = 0;
    for (; rounds <= sip::DigestClient::kMaxRounds; ++rounds) {
      const auto headers = client.answer(*message, {"REGISTER", "sip:pbx.example", "body"}, random, attempt);
      if (!headers) break;
      require(!headers->empty());
      for (const auto& header : *headers) require(named || header.value.find("s3cret") == std::string::npos);
    }
    require(rounds <= 1);  // The nonce stays the same. Therefore the client answers once, and then treats the credentials as wrong.
    client.on_success(*message, attempt);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_challenges(text);
  answer(text);
  return 0;
}
