// Tests the server's side of digest authentication. The input is the value of a caller's Authorization. In it, "{nonce}" is replaced by a
// nonce of this server. Checks that a caller without the password never authenticates. Checks that a caller with the password authenticates
// once, and that the same Authorization is stale the second time.
#include "require.hpp"

#include <offhook/sip/auth/credentials.hpp>
#include <offhook/sip/auth/verifier.hpp>
#include <offhook/sip/message/parser.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using offhook::fuzz::require;

namespace {

namespace base = offhook::base;
namespace sip = offhook::sip;
using Kind = sip::Verifier::Verdict::Kind;

constexpr std::string_view kUri = "sip:bot@192.0.2.1", kMark = "{nonce}", kNonceBefore = "nonce=\"";
constexpr base::TimePoint kNow{std::chrono::hours(1)};
const base::IpAddress kSource = base::IpAddress::v4({192, 0, 2, 7});

/// Returns a password that no input contains: 128 bits from a seed that the input cannot choose.
std::string password() { return base::SeededRandom(77).token(); }

std::optional<sip::Message> request_with(const std::string& lines) {
  const std::string text = "INVITE " + std::string(kUri) + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1\r\nFrom: <sip:ada@h>;tag=1\r\nTo: <" +
                           std::string(kUri) + ">\r\nCall-ID: i\r\nCSeq: 1 INVITE\r\n" + lines + "Content-Length: 0\r\n\r\n";
  auto parsed = sip::parse_message(sip::Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

std::string with_nonce(std::string text, std::string_view nonce) {
  for (auto at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + nonce.size())) text.replace(at, kMark.size(), nonce);
  return text;
}

void refuse_stranger(sip::Verifier& verifier, const std::string& value) {
  const auto request = request_with("Authorization: " + value + "\r\nAuthorization: Digest " + value + "\r\n");
  if (!request) return;
  const auto verdict = verifier.check(*request, kUri, kSource, kNow);
  require(verdict.kind == Kind::Missing || verdict.kind == Kind::Wrong);
  require(verdict.username.empty());
}

/// Checks that the verifier still accepts a caller with the password: the input must not have changed the verifier's state.
void take_owner_once(sip::Verifier& verifier, base::Random& random) {
  std::string challenges;
  for (const auto& each : verifier.challenges(kSource, false, kNow)) challenges += "WWW-Authenticate: " + each + "\r\n";
  const std::string text = "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
                           "Call-ID: i\r\nCSeq: 1 INVITE\r\n" + challenges + "Content-Length: 0\r\n\r\n";
  const auto response = sip::parse_message(sip::Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  require(response.has_value());
  sip::DigestClient client({"ada", password()});
  sip::AuthAttempt attempt;
  const auto answer = client.answer(*response, {"INVITE", kUri}, random, attempt);
  require(answer && answer->size() == 1);
  const auto request = request_with("Authorization: " + answer->front().value + "\r\n");
  require(request.has_value());
  const auto first = verifier.check(*request, kUri, kSource, kNow);
  require(first.kind == Kind::Proven && first.username == "ada");
  require(verifier.check(*request, kUri, kSource, kNow).kind == Kind::Stale);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::SeededRandom random(1);
  sip::CallerOptions options;
  options.who = {{"ada", password()}};
  options.auth_int = (data[0] & 1U) != 0;
  sip::Verifier verifier(options, random);
  const std::string challenge = verifier.challenges(kSource, (data[0] & 2U) != 0, kNow).front();
  const auto begin = challenge.find(kNonceBefore) + kNonceBefore.size();
  const std::string nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
  refuse_stranger(verifier, with_nonce(std::string(reinterpret_cast<const char*>(data) + 1, size - 1), nonce));
  take_owner_once(verifier, random);
  return 0;
}
