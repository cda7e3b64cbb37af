#pragma once

#include <offhook/agent/phone/nat/nat_servers.hpp>
#include <offhook/base/random.hpp>
#include <offhook/media/engine/path_mail.hpp>
#include <offhook/rtp/ice/gathered.hpp>
#include <offhook/rtp/ice/ice_event.hpp>
#include <offhook/rtp/nat/stun_client.hpp>
#include <offhook/rtp/nat/turn_client.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// The STUN and TURN clients for the two sockets of one call. Asks the servers for addresses, keeps the allocations, and sends the call's datagrams through
/// them. Runs on the endpoint's thread; the leg's worker sends and receives.
class CallServers {
 public:
  static constexpr auto kPatience = std::chrono::seconds(2);   ///< after this time, the call continues without the servers that have not answered
  static constexpr std::size_t kMaxWaiting = 8;                ///< datagrams that wait for permissions, for each allocation; a further one displaces the oldest

  /// `local` is the leg's RTP address; RTCP has the next port.
  CallServers(std::shared_ptr<NatServers> all, std::vector<NatServer> servers, base::SocketAddress local, base::TimePoint now);
  CallServers(const CallServers&) = delete;
  CallServers& operator=(const CallServers&) = delete;

  /// Runs the timers of the requests, and sends them. Returns true if hop() may have changed.
  bool advance(media::PathMail& mail, base::TimePoint now);
  /// Returns true until each server has answered or failed, or kPatience has passed.
  [[nodiscard]] bool is_gathering(base::TimePoint now) const;
  /// Returns the addresses that the servers have reported since the last take_gathered().
  [[nodiscard]] std::vector<rtp::IceGathered> take_gathered() { return std::exchange(gathered_, {}); }
  /// Returns the public address of a socket, as a server has reported it; nullopt if no server has.
  [[nodiscard]] std::optional<base::SocketAddress> mapped(media::Channel channel) const;
  /// Passes the servers that gave no address to NatServers::avoid(), so that the next calls do not wait for them.
  void end_gathering(base::TimePoint now);

  /// A peer's datagram that a TURN server has relayed.
  struct Relayed {
    rtp::IcePath from;       ///< `base` is the relayed address, `to` is the peer
    base::Bytes octets;      ///< borrowed from the datagram
  };
  /// Handles a datagram that may come from a server. Returns true if it came from a TURN server of this call. Sets `relayed` if it carries a datagram of a
  /// peer.
  [[nodiscard]] bool receive(const media::PathDatagram& datagram, std::optional<Relayed>& relayed);
  [[nodiscard]] bool is_relayed(const base::SocketAddress& base) const { return find(base) != nullptr; }
  /// Sends a datagram to `path.to` from the relayed address `path.base`. If there is no permission for this peer, requests it; the datagram then waits.
  void send(const rtp::IcePath& path, base::Bytes octets, media::PathMail& mail, base::TimePoint now);
  /// Returns the hop by which the worker sends along this path, and requests a channel for it. The hop's channel is 0 until the server has confirmed the
  /// channel.
  [[nodiscard]] media::PathOrder::Hop hop(const rtp::IcePath& path, base::TimePoint now);
  /// Deletes the allocations on the servers.
  void release(media::PathMail& mail, base::TimePoint now);

 private:
  struct Asker {
    std::size_t server = 0;
    media::Channel channel{};
    rtp::StunClient client;
    bool is_done = false;
    std::string trouble = "the server has not answered";   // the reason while no address is mapped
  };
  struct Relay {
    Relay(std::size_t its_server, media::Channel its_channel, rtp::TurnOptions options, const rtp::StunCredential& credential, base::Random& random)
        : server(its_server), channel(its_channel), pads(is_stream(options.transport)), client(std::move(options), credential, random) {}
    /// Returns the address to which the leg sends messages for the server. Over UDP, a redirection may change it.
    [[nodiscard]] const base::SocketAddress& hop() const { return link ? link->address() : client.server(); }
    std::size_t server;
    media::Channel channel;
    bool pads;
    std::shared_ptr<StreamLinks::Link> link{};                 // null over UDP
    rtp::TurnClient client;
    base::SocketAddress relayed{};                             // port 0 without an allocation
    std::deque<std::pair<base::SocketAddress, std::vector<std::uint8_t>>> waiting{};   // datagrams that wait for a permission, with their peers
    bool has_begun = false, is_done = false;
    std::string trouble = "the server has not answered";       // the reason while there is no allocation
  };

  void add(const NatServer& server, media::Channel channel, base::TimePoint now);
  [[nodiscard]] const Relay* find(const base::SocketAddress& relayed) const;
  [[nodiscard]] Relay* find(const base::SocketAddress& relayed) { return const_cast<Relay*>(std::as_const(*this).find(relayed)); }
  void advance(Asker& asker, media::PathMail& mail, base::TimePoint now);
  bool advance(Relay& relay, media::PathMail& mail, base::TimePoint now);
  void begin(Relay& relay, base::TimePoint now);
  void on_allocated(Relay& relay, const rtp::turn::Allocated& event);
  void send_waiting(Relay& relay, media::PathMail& mail);
  [[nodiscard]] bool send_now(Relay& relay, const base::SocketAddress& peer, base::Bytes octets, media::PathMail& mail);

  std::shared_ptr<NatServers> all_;
  base::SocketAddress local_;
  base::TimePoint until_;
  base::SystemRandom random_;
  std::deque<Asker> askers_;
  std::deque<Relay> relays_;
  std::vector<rtp::IceGathered> gathered_;
  std::array<std::optional<base::SocketAddress>, 2> mapped_{};   // by Channel
};

}  // namespace offhook::inline v0::phone
