#pragma once

#include <offhook/sip/transport/sip_edge.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <unordered_map>

namespace offhook::inline v0::sip::detail {

/// All TCP connections of one edge: accepted ones and those that we open. Cuts each stream into messages; a connection that
/// breaks, stalls in mid-message or stops reading is closed and reported. A stream that cannot be cut gets a last answer to the
/// header block that it broke with, and is closed. One thread.
class Connections {
 public:
  struct Handlers {
    std::function<void(const Flow&, base::Bytes)> message;
    std::function<void(const Flow&)> failed;
    std::function<bool(const Flow&)> in_use;  ///< shall stay open though nothing passes
  };

  Connections(boost::asio::io_context& io, EdgeCounters& counters, Handlers handlers);
  ~Connections();

  /// One that a listener of that transport has accepted.
  void adopt(boost::asio::ip::tcp::socket socket, Transport transport);
  /// Over flow.id if that connection lives, else over any the same way, else over a new one.
  void send(const Flow& flow, std::string bytes, FlowId fresh_id);
  /// The peer answers no more: closes that connection and reports it as failed.
  void give_up(const Flow& flow);
  void close_all();
  /// How long one message may take from its first octet to its last: against slow-loris.
  void limit_message_time(base::Duration limit) { slow_sender_ = limit; }
  /// How long a connection that nobody uses may stay silent.
  void limit_idle_time(base::Duration limit) { idle_ = limit; }

 private:
  class Connection;
  [[nodiscard]] std::shared_ptr<Connection> find(const Flow& flow) const;
  [[nodiscard]] std::size_t from_source(const base::IpAddress& source) const;
  void forget(FlowId id);

  boost::asio::io_context& io_;
  EdgeCounters& counters_;
  Handlers handlers_;
  base::Duration slow_sender_ = std::chrono::seconds(10);
  base::Duration idle_ = std::chrono::seconds(180);
  std::unordered_map<FlowId, std::shared_ptr<Connection>> connections_;
  std::uint64_t next_accepted_id_ = std::uint64_t{1} << 32;  // Those that we open are numbered by the edge, below this.
};

}  // namespace offhook::inline v0::sip::detail
