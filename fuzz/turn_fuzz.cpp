// Drives a TurnClient with answers of a server, steps of time and the operations of its owner. The first octet of the input selects transport and address
// family. Steps follow, each one octet and its arguments. Answers can be signed with the right key, so that they reach every state. Checks that the client
// stays consistent and within its bounds, that its next deadline is always later than the present time, and that one step causes only a bounded number of
// messages and events.
#include "require.hpp"
#include "script.hpp"

#include <offhook/base/random.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>
#include <offhook/rtp/nat/turn_client.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using offhook::fuzz::require;
using offhook::fuzz::Script;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMethod;

namespace {

base::SocketAddress host(std::uint8_t number) { return {base::IpAddress::v4({192, 0, 2, number}), static_cast<std::uint16_t>(number * 100)}; }

class TurnDriver {
 public:
  explicit TurnDriver(Script& script) : script_(script), client_(options_of(script.next()), {"user", "pass"}, random_) {}

  void run() {
    for (int steps = 0; !script_.over() && steps < 400; ++steps) {
      step(script_.next());
      poll();
      check();
    }
  }

 private:
  static rtp::TurnOptions options_of(std::uint8_t choice) {
    rtp::TurnOptions options;
    options.server = host(1);
    options.transport = static_cast<rtp::StunTransport>(choice % 3);
    options.family = static_cast<rtp::TurnFamily>(choice / 3 % 4);
    options.lifetime = std::chrono::seconds(choice / 12 % 2 * 1200);
    options.software = "fuzz";
    return options;
  }

  void step(std::uint8_t what) {
    switch (what % 10) {
      case 0: return client_.start(now_);
      case 1: return pass_time(std::chrono::seconds(script_.next()));
      case 2: return pass_time(std::chrono::milliseconds(100 * script_.next()));
      case 3: (void)client_.permit(host(script_.next()), now_); return;
      case 4: (void)client_.bind(host(script_.next()), now_); return;
      case 5: return client_.forget(host(script_.next()).ip, now_);
      case 6: return client_.release(now_);
      case 7: return script_.next() % 16 == 0 ? client_.on_disconnected() : pass_time(client_.next_deadline().value_or(now_) - now_);
      case 8: return raw();
      case 9: return answer();
    }
  }
  void pass_time(base::Duration duration) {
    now_ += std::max(duration, base::Duration::zero());
    client_.on_time(now_);
    const auto next = client_.next_deadline();
    require(!next || *next > now_);
  }
  void raw() {
    const auto text = script_.text(script_.next());
    const std::vector<std::uint8_t> message(text.begin(), text.end());
    (void)client_.channels().unwrap(message);
    client_.on_message(message, client_.server(), now_);
  }

  /// Answers one of the last requests. The script gives the kind of answer, the number of attributes, and the attributes.
  void answer() {
    if (requests_.empty()) return;
    const auto& octets = requests_[script_.next() % requests_.size()];
    const auto request = rtp::StunMessage::parse(octets);
    const std::uint8_t how = script_.next();
    std::vector<std::uint8_t> out(4000);
    rtp::StunWriter writer(out, static_cast<StunMethod>(request->method()), how % 2 == 0 ? StunClass::Success : StunClass::Error, request->id());
    for (int count = how / 2 % 8; count > 0; --count) add_attribute(writer, script_.next());
    if (how / 16 % 2 == 0) sign(writer, how / 32 % 2 != 0);
    const auto size = writer.finish();
    require(size.has_value());
    client_.on_message(base::Bytes(out).first(*size), how / 64 % 4 == 3 ? host(2) : client_.server(), now_);
  }
  void add_attribute(rtp::StunWriter& writer, std::uint8_t which) {
    constexpr std::array<int, 12> kCodes{300, 400, 401, 403, 420, 437, 438, 440, 441, 486, 500, 508};
    constexpr std::array<std::uint32_t, 6> kLifetimes{0, 9, 10, 600, 3601, 0xffffffff};
    constexpr std::array<std::string_view, 4> kNonces{"abc", "def", "obMatJos2gAAAabc", "obMatJos2wAAAabc"};
    switch (which % 12) {
      case 0: return writer.add_error(kCodes[script_.next() % kCodes.size()], "reason");
      case 1: return writer.add(StunAttribute::Realm, "realm");
      case 2: return writer.add(StunAttribute::Nonce, kNonces[script_.next() % kNonces.size()]);
      case 3: return writer.add_address(StunAttribute::XorRelayedAddress, host(50));
      case 4: return writer.add_address(StunAttribute::XorRelayedAddress, {base::IpAddress::v6({0x20, 1}), 50});
      case 5: return writer.add_address(StunAttribute::XorMappedAddress, host(60));
      case 6: return writer.add_number(StunAttribute::Lifetime, kLifetimes[script_.next() % kLifetimes.size()]);
      case 7: return writer.add_address(StunAttribute::AlternateServer, host(script_.next() % 8));
      case 8: return writer.add(StunAttribute::PasswordAlgorithms, std::string_view("\0\2\0\0\0\1\0\0", 8));
      case 9: return writer.add(StunAttribute::AddressErrorCode, std::string_view("\2\0\4\x28", 4));
      case 10: return writer.add(static_cast<StunAttribute>(script_.next() << 8 | script_.next()), script_.text(script_.next() % 16));
      case 11: return writer.add(StunAttribute::AlternateDomain, "other.example");
    }
  }
  static void sign(rtp::StunWriter& writer, bool by_sha256) {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> key{};
    unsigned size = 0;
    constexpr std::string_view kText = "user:realm:pass";
    EVP_Digest(kText.data(), kText.size(), key.data(), &size, by_sha256 ? EVP_sha256() : EVP_md5(), nullptr);
    if (by_sha256) return writer.sign(rtp::HmacSha256(base::Bytes(key).first(size)));
    writer.sign(rtp::HmacSha1(base::Bytes(key).first(size)));
  }

  void poll() {
    std::size_t sent = 0;
    while (const auto transmit = client_.poll_transmit()) {
      require(++sent <= rtp::TurnClient::kMaxPending + 1);
      const auto message = rtp::StunMessage::parse(transmit->octets);
      require(message.has_value());
      if (message->kind() != StunClass::Request) continue;
      requests_.emplace_back(transmit->octets.begin(), transmit->octets.end());
      if (requests_.size() > 16) requests_.erase(requests_.begin());
    }
    std::size_t events = 0;
    while (client_.poll_event()) require(++events <= rtp::TurnClient::kMaxPending + 2);
  }
  void check() {
    require(client_.is_consistent());
    if (const auto channels = client_.poll_channels()) require(client_.state() == rtp::TurnClient::State::Allocated || !can_send(*channels));
    require(client_.state() == rtp::TurnClient::State::Allocated || !can_send(client_.channels()));
  }
  [[nodiscard]] bool can_send(const rtp::TurnChannels& channels) {
    std::array<std::uint8_t, 100> room{};
    for (std::uint8_t number = 0; number < 8; ++number) {
      if (channels.wrap(host(number), base::Bytes(), room, random_)) return true;
    }
    return false;
  }

  Script& script_;
  base::SeededRandom random_{1};
  base::TimePoint now_{1h};
  rtp::TurnClient client_;
  std::vector<std::vector<std::uint8_t>> requests_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  TurnDriver(script).run();
  return 0;
}
