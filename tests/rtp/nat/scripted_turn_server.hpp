#pragma once

#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>
#include <offhook/base/base64.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook_test {

using namespace offhook;
using namespace std::chrono_literals;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMessage;
using rtp::StunMethod;
using rtp::StunWriter;

inline Octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }
inline base::SocketAddress socket_address(std::string_view ip, std::uint16_t port) { return {base::IpAddress::parse(ip).value(), port}; }

/// Returns the hash of the text by OpenSSL, so that the key of the server does not come from the tested code.
inline Octets hash_of(std::string_view text, const EVP_MD* algorithm) {
  Octets hash(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), hash.data(), &size, algorithm, nullptr);
  hash.resize(size);
  return hash;
}

/// Writes a STUN message with the attributes that `add` adds.
template <class Add>
Octets stun(StunMethod method, StunClass kind, const rtp::StunId& id, Add add) {
  Octets out(70000);
  StunWriter writer(out, method, kind, id);
  add(writer);
  out.resize(writer.finish().value());
  return out;
}
inline Octets stun(StunMethod method, StunClass kind, const rtp::StunId& id) {
  return stun(method, kind, id, [](StunWriter&) {});
}

/// A TURN server for one client, on virtual time. For the client, it behaves as RFC 8656 requires. Its public members cause failures.
class ScriptedTurnServer {
 public:
  struct Seen {
    StunMethod method{};
    bool is_signed = false;
    std::optional<std::uint32_t> lifetime;
    base::TimePoint at{};
    Octets octets;
  };
  struct ToPeer {
    base::SocketAddress peer;
    Octets octets;
    bool by_channel = false;
  };

  std::string username = "user", password = "secret", realm = "example.org";
  bool is_open = false;                          ///< accepts requests without a credential
  bool has_sha256 = false, has_userhash = false;
  bool removes_algorithms = false;               ///< removes PASSWORD-ALGORITHMS from challenges, as an attacker would
  std::uint32_t lifetime = 600;
  bool relays_v4 = true, relays_v6 = false;
  base::SocketAddress relayed_v4 = socket_address("192.0.2.50", 50000);
  std::map<StunMethod, int> refuse;              ///< error codes, by the method of the request
  bool signs_wrongly = false;
  /// If it returns an answer to a request, the server sends this answer instead of its own.
  std::function<std::optional<Octets>(const StunMessage&)> intercept;

  std::vector<Seen> seen;
  std::vector<ToPeer> to_peers;

  [[nodiscard]] std::size_t count(StunMethod method) const {
    return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [method](const Seen& one) { return one.method == method; }));
  }
  [[nodiscard]] std::size_t indications() const { return indications_; }
  [[nodiscard]] bool is_allocated(base::TimePoint now) const { return allocated_until_ > now; }
  void make_nonce_stale() { nonce_ = "nonce" + std::to_string(++nonce_number_); }
  /// Loses the nonce and the allocation.
  void restart() {
    make_nonce_stale();
    drop_allocation();
    answers_.clear();
  }

  /// Returns the answer to a message of the client, or nullopt if there is none.
  std::optional<Octets> on_message(base::Bytes octets, const base::SocketAddress& client, base::TimePoint now) {
    if (!octets.empty() && octets[0] >= 0x40) {
      on_channel_data(octets, now);
      return std::nullopt;
    }
    const auto message = StunMessage::parse(octets).value();
    if (message.kind() == StunClass::Indication) {
      on_indication(message, now);
      return std::nullopt;
    }
    note(message, octets, now);
    if (intercept) {
      if (auto other = intercept(message)) return other;
    }
    auto& answer = answers_[message.id()];  // A repeated request gets the same answer.
    if (answer.empty()) answer = answer_to(message, client, now);
    return answer;
  }

  /// Returns the message to the client that relays a datagram of the peer. Returns nullopt if the peer has no permission.
  [[nodiscard]] std::optional<Octets> from_peer(const base::SocketAddress& peer, const Octets& octets, base::TimePoint now) const {
    if (!is_permitted(peer.ip, now)) return std::nullopt;
    for (const auto& [number, channel] : channels_) {
      if (channel.first != peer || channel.second <= now) continue;
      Octets header(4);
      base::ByteWriter writer(header);
      writer.u16(number);
      writer.u16(static_cast<std::uint16_t>(octets.size()));
      return joined(std::move(header), octets);
    }
    return stun(StunMethod::Data, StunClass::Indication, {9}, [&](StunWriter& writer) {
      writer.add_address(StunAttribute::XorPeerAddress, peer);
      writer.add(StunAttribute::Data, octets);
    });
  }

  /// Writes an answer as this server would sign it.
  template <class Add>
  Octets signed_answer(const StunMessage& request, StunClass kind, Add add) const {
    return stun(static_cast<StunMethod>(request.method()), kind, request.id(), [&](StunWriter& writer) {
      add(writer);
      if (request.has_integrity() || request.has_integrity_sha256()) sign(writer);
    });
  }
  Octets error(const StunMessage& request, int code) const {
    return signed_answer(request, StunClass::Error, [code](StunWriter& writer) { writer.add_error(code, "scripted"); });
  }
  Octets challenge(const StunMessage& request, int code) const {
    return stun(static_cast<StunMethod>(request.method()), StunClass::Error, request.id(), [&](StunWriter& writer) {
      writer.add_error(code, "challenge");
      writer.add(StunAttribute::Realm, realm);
      writer.add(StunAttribute::Nonce, cookie() + nonce_);
      if (has_sha256 && !removes_algorithms) writer.add(StunAttribute::PasswordAlgorithms, kAlgorithms);
    });
  }

 private:
  static inline const Octets kAlgorithms{0, 9, 0, 1, 7, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0};  // an unknown algorithm with a parameter, then SHA-256 and MD5

  [[nodiscard]] std::string cookie() const {
    if (!has_sha256 && !has_userhash) return "";
    std::string text = "obMatJos2";
    base::append_base64(text, std::array<std::uint8_t, 3>{static_cast<std::uint8_t>((has_sha256 ? 0x80 : 0) | (has_userhash ? 0x40 : 0)), 0, 0});
    return text;
  }
  [[nodiscard]] Octets key() const { return hash_of(username + ":" + realm + ":" + password, has_sha256 ? EVP_sha256() : EVP_md5()); }
  void sign(StunWriter& writer) const {
    const Octets secret = signs_wrongly ? Octets{1} : key();
    if (has_sha256) return writer.sign(rtp::HmacSha256(secret));
    writer.sign(rtp::HmacSha1(secret));
  }

  void note(const StunMessage& message, base::Bytes octets, base::TimePoint now) {
    if (answers_.count(message.id()) != 0) return;
    seen.push_back({static_cast<StunMethod>(message.method()), message.has_integrity() || message.has_integrity_sha256(),
                    message.number(StunAttribute::Lifetime), now, Octets(octets.begin(), octets.end())});
  }

  Octets answer_to(const StunMessage& request, const base::SocketAddress& client, base::TimePoint now) {
    if (!is_open) {
      if (!request.has_integrity() && !request.has_integrity_sha256()) return challenge(request, 401);
      if (request.text(StunAttribute::Nonce) != cookie() + nonce_) return challenge(request, 438);
      if (!is_authentic(request)) return challenge(request, 401);
    }
    if (const auto code = refuse.find(static_cast<StunMethod>(request.method())); code != refuse.end()) return error(request, code->second);
    if (request.is(StunMethod::Allocate) == is_allocated(now)) return error(request, 437);
    return request.is(StunMethod::Allocate) ? allocate(request, client, now) : change(request, now);
  }

  [[nodiscard]] bool is_authentic(const StunMessage& request) const {
    const auto hash = hash_of(username + ":" + realm, EVP_sha256());
    const auto given = request.find(StunAttribute::Userhash);
    const bool has_hash = given && std::equal(given->begin(), given->end(), hash.begin(), hash.end());
    if (!(has_userhash ? has_hash : request.text(StunAttribute::Username) == username)) return false;
    if (!has_sha256) return request.is_signed_with(rtp::HmacSha1(key()));
    const auto list = request.find(StunAttribute::PasswordAlgorithms);
    return list && std::equal(list->begin(), list->end(), kAlgorithms.begin(), kAlgorithms.end()) &&
           request.number(StunAttribute::PasswordAlgorithm) == 0x00020000U && request.is_signed_with(rtp::HmacSha256(key()));
  }

  Octets allocate(const StunMessage& request, const base::SocketAddress& client, base::TimePoint now) {
    if (request.number(StunAttribute::RequestedTransport) != 17U << 24) return error(request, 442);
    const auto wanted = request.number(StunAttribute::RequestedAddressFamily).value_or(0) >> 24;
    const bool both = request.number(StunAttribute::AdditionalAddressFamily).has_value();
    if ((wanted == 1 && !relays_v4) || (wanted == 2 && !relays_v6)) return error(request, 440);
    const bool gives_v4 = relays_v4 && wanted != 2, gives_v6 = relays_v6 && (wanted == 2 || both || !relays_v4);
    allocated_until_ = now + std::chrono::seconds(lifetime);
    return signed_answer(request, StunClass::Success, [&](StunWriter& writer) {
      if (gives_v4) writer.add_address(StunAttribute::XorRelayedAddress, relayed_v4);
      if (gives_v6) writer.add_address(StunAttribute::XorRelayedAddress, socket_address("2001:db8::50", 50000));
      if (both && !gives_v6) writer.add(StunAttribute::AddressErrorCode, Octets{2, 0, 4, 40, 'n', 'o', 0, 0});
      writer.add_address(StunAttribute::XorMappedAddress, client);
      writer.add_number(StunAttribute::Lifetime, lifetime);
    });
  }

  Octets change(const StunMessage& request, base::TimePoint now) {
    std::optional<std::uint32_t> left;
    const auto peer = request.address(StunAttribute::XorPeerAddress);
    const auto number = static_cast<std::uint16_t>(request.number(StunAttribute::ChannelNumber).value_or(0) >> 16);
    switch (static_cast<StunMethod>(request.method())) {
      case StunMethod::Refresh:
        left = request.number(StunAttribute::Lifetime) == 0U ? 0 : lifetime;
        allocated_until_ = now + std::chrono::seconds(*left);
        if (*left == 0) drop_allocation();
        break;
      case StunMethod::ChannelBind:
        if (!peer || number < 0x4000 || number > 0x4fff || !may_bind(number, *peer, now)) return error(request, 400);
        channels_[number] = {*peer, now + 10min};
        permissions_[peer->ip] = now + 5min;
        break;
      case StunMethod::CreatePermission:
        if (!peer) return error(request, 400);
        permissions_[peer->ip] = now + 5min;
        break;
      default: return error(request, 400);
    }
    return signed_answer(request, StunClass::Success, [&](StunWriter& writer) {
      if (left) writer.add_number(StunAttribute::Lifetime, *left);
    });
  }

  /// Returns false if the number or the peer belongs to another channel, until five minutes after that channel has expired: RFC 8656 section 12.
  [[nodiscard]] bool may_bind(std::uint16_t number, const base::SocketAddress& peer, base::TimePoint now) const {
    return std::all_of(channels_.begin(), channels_.end(), [&](const auto& entry) {
      return ((entry.first == number) == (entry.second.first == peer)) || entry.second.second + 5min <= now;
    });
  }
  [[nodiscard]] bool is_permitted(const base::IpAddress& ip, base::TimePoint now) const {
    const auto permission = permissions_.find(ip);
    return is_allocated(now) && permission != permissions_.end() && permission->second > now;
  }
  void drop_allocation() {
    allocated_until_ = {};
    permissions_.clear();
    channels_.clear();
  }

  void on_indication(const StunMessage& message, base::TimePoint now) {
    ++indications_;
    if (!message.is(StunMethod::Send)) return;
    const auto peer = message.address(StunAttribute::XorPeerAddress).value();
    const auto data = message.find(StunAttribute::Data).value();
    if (is_permitted(peer.ip, now)) to_peers.push_back({peer, Octets(data.begin(), data.end()), false});
  }
  void on_channel_data(base::Bytes octets, base::TimePoint now) {
    base::ByteReader reader(octets);
    const auto channel = channels_.find(reader.u16());
    const auto data = reader.take(reader.u16());
    if (!reader.ok() || channel == channels_.end() || channel->second.second <= now || !is_permitted(channel->second.first.ip, now)) return;
    to_peers.push_back({channel->second.first, Octets(data.begin(), data.end()), true});
  }

  std::string nonce_ = "nonce0";
  int nonce_number_ = 0;
  std::size_t indications_ = 0;
  base::TimePoint allocated_until_{};
  std::map<base::IpAddress, base::TimePoint> permissions_;
  std::map<std::uint16_t, std::pair<base::SocketAddress, base::TimePoint>> channels_;
  std::map<rtp::StunId, Octets> answers_;
};

}  // namespace offhook_test
