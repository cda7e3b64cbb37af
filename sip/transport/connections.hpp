#pragma once

#include <offhook/sip/transport/connection.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <unordered_map>

namespace offhook::inline v0::sip::detail {

/// All connections of one edge, over all stream transports, accepted and opened. Bounds their number, and chooses the connection
/// of a message. Use it on one thread.
class Connections {
 public:
  Connections(boost::asio::io_context& io, EdgeCounters& counters, ConnectionShared::Handlers handlers);
  ~Connections();

  [[nodiscard]] ConnectionShared& shared() { return shared_; }
  /// Takes over a connection that a listener of that transport accepted.
  void adopt(boost::asio::ip::tcp::socket socket, Transport transport);
  /// Sends over the connection flow.id if it exists, otherwise over any connection to the same peer, otherwise over a new one.
  /// Opens no new connection if the transport needs a host name and the flow has no name: in that case the peer had opened the
  /// connection, which is gone.
  void send(const Flow& flow, std::string bytes, FlowId fresh_id);
  /// Closes a connection whose peer does not respond any more, and reports it as failed.
  void give_up(const Flow& flow);
  void close_all();
  [[nodiscard]] std::size_t half_open() const;
  [[nodiscard]] const std::string& last_failure() const { return shared_.last_failure; }

 private:
  [[nodiscard]] std::shared_ptr<Connection> find(const Flow& flow) const;
  template <class Is>
  [[nodiscard]] std::size_t count(Is is) const;
  [[nodiscard]] bool has_room(bool known) const;
  [[nodiscard]] bool takes(const base::IpAddress& source, Transport transport);
  template <class Is>
  bool evict_stranger(Is is);

  ConnectionShared shared_;
  std::unordered_map<FlowId, std::shared_ptr<Connection>> connections_;
  // The edge numbers the connections that we open, below this value.
  std::uint64_t next_accepted_id_ = std::uint64_t{1} << 32;
};

}  // namespace offhook::inline v0::sip::detail
