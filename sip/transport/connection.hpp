#pragma once

#include <offhook/sip/message/framer.hpp>
#include <offhook/sip/transport/message_stream.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// The state that all connections of one edge share. Outlives them.
struct ConnectionShared {
  struct Handlers {
    std::function<void(const Flow&, base::Bytes)> message;
    std::function<void(const Flow&)> failed;
    std::function<bool(const Flow&)> in_use;  ///< true if the connection must stay open although it is idle
    std::function<bool(const base::IpAddress&)> known;  ///< calls Stack::is_known()
    std::function<void(const Flow&, std::string_view)> sent{};  ///< gets all octets that a connection writes; may be empty
  };

  boost::asio::io_context& io;
  EdgeCounters& counters;
  Handlers handlers;
  base::Duration message_time = std::chrono::seconds(10);
  base::Duration idle_time = std::chrono::seconds(180);
  base::Duration handshake_time = std::chrono::seconds(10);
  ConnectionLimits limits{};
  /// Makes the byte stream of a connection. Returns null if the transport is not available.
  std::function<std::unique_ptr<ByteStream>(boost::asio::ip::tcp::socket, const Flow&, Side)> carry{};
  std::function<void(FlowId)> forget{};
  /// Reason why the last failed connection did not come up, as text for users; "" if unknown.
  std::string last_failure{};
};

/// One connection over any byte stream: its handshake, its queue, its messages, and their time limits. Closes and reports a
/// connection that breaks, stalls within a message, or stops reading. For a stream that cannot be split, sends a last response to
/// the bad header block before closing.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionShared& shared, const Flow& flow);

  void begin_accepted(boost::asio::ip::tcp::socket socket);
  void begin_connect();
  void send(std::string bytes);
  void close();
  void give_up() { fail(); }

  [[nodiscard]] const Flow& flow() const { return flow_; }
  [[nodiscard]] bool takes_more() const { return !lingering_; }
  /// Returns true for an accepted connection whose handshake is not complete.
  [[nodiscard]] bool is_half_open() const { return side_ == Side::Server && !open_; }
  /// Returns true if an unknown peer opened the connection.
  [[nodiscard]] bool is_strangers() const { return side_ == Side::Server && !shared_.handlers.known(flow_.remote.ip); }
  /// Returns the last time at which the edge saw that the connection is needed; before that, the time at which it was made.
  [[nodiscard]] base::TimePoint needed_at() const { return needed_at_; }

 private:
  void connected();
  void shake_hands(boost::asio::ip::tcp::socket socket);
  void opened();
  void read_next();
  void take_piece(std::size_t size);
  void pass_pong();
  [[nodiscard]] std::size_t cost(std::string_view bytes) const;
  [[nodiscard]] bool drain_framer();
  void watch_idle();
  [[nodiscard]] base::TimePoint idle_at() const;
  void watch_slow_sender();
  void give_up_stream();
  void discard_next();
  void arm(base::Duration delay);
  void write_next();
  void fail(const boost::system::error_code& error = {});
  void count_failure(const boost::system::error_code& error);

  enum class Watching : std::uint8_t { Nothing, Connect, Handshake, Message, Linger };

  ConnectionShared& shared_;
  boost::asio::ip::tcp::socket socket_;  // Used until stream_ takes it over.
  std::unique_ptr<ByteStream> stream_;
  // Points to stream_ if that preserves message boundaries; then framer_ is not used.
  MessageStream* messages_ = nullptr;
  std::vector<std::uint8_t> message_;  // The part of a message received so far.
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer idle_timer_;
  base::TimePoint last_traffic_ = base::Clock::now();
  base::TimePoint needed_at_ = base::Clock::now();
  Flow flow_;
  Framer framer_;
  std::array<std::uint8_t, 16384> buffer_{};
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;  // Including the cost of keeping the messages: see cost().
  Side side_ = Side::Client;
  Watching watching_ = Watching::Nothing;
  bool open_ = false, closed_ = false;
  bool lingering_ = false;  // The stream cannot be split any more: closes after its last response.
};

}  // namespace offhook::inline v0::sip::detail
