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

/// What all connections of one edge share. Outlives them.
struct ConnectionShared {
  struct Handlers {
    std::function<void(const Flow&, base::Bytes)> message;
    std::function<void(const Flow&)> failed;
    std::function<bool(const Flow&)> in_use;  ///< shall stay open though nothing passes
    std::function<bool(const base::IpAddress&)> known;  ///< Stack::is_known()
  };

  boost::asio::io_context& io;
  EdgeCounters& counters;
  Handlers handlers;
  base::Duration message_time = std::chrono::seconds(10);
  base::Duration idle_time = std::chrono::seconds(180);
  base::Duration handshake_time = std::chrono::seconds(10);
  ConnectionLimits limits{};
  /// Null when there is no such transport here.
  std::function<std::unique_ptr<ByteStream>(boost::asio::ip::tcp::socket, const Flow&, Side)> carry{};
  std::function<void(FlowId)> forget{};
  std::string last_failure{};  ///< why the last connection that did not come up did not, for people; "" when that is not known
};

/// One connection over whatever carries it: its handshake, its queue, its messages, and how long each of them may take. A
/// connection that breaks, stalls in mid-message or stops reading is closed and reported. A stream that cannot be cut gets a last
/// answer to the header block that it broke with, and is closed.
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
  /// Accepted, and still to show that it can do more than connect.
  [[nodiscard]] bool is_half_open() const { return side_ == Side::Server && !open_; }
  /// An unknown peer opened it.
  [[nodiscard]] bool is_strangers() const { return side_ == Side::Server && !shared_.handlers.known(flow_.remote.ip); }
  /// When it was accepted, or seen to be needed for the last time.
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
  boost::asio::ip::tcp::socket socket_;  // Until something carries it.
  std::unique_ptr<ByteStream> stream_;
  MessageStream* messages_ = nullptr;  // stream_, when it keeps messages apart: then nothing is framed here.
  std::vector<std::uint8_t> message_;  // So much of it as has come.
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer idle_timer_;
  base::TimePoint last_traffic_ = base::Clock::now();
  base::TimePoint needed_at_ = base::Clock::now();
  Flow flow_;
  Framer framer_;
  std::array<std::uint8_t, 16384> buffer_{};
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;  // With what it costs to keep them.
  Side side_ = Side::Client;
  Watching watching_ = Watching::Nothing;
  bool open_ = false, closed_ = false;
  bool lingering_ = false;  // No longer cut into messages: closes when its last answer is out.
};

}  // namespace offhook::inline v0::sip::detail
