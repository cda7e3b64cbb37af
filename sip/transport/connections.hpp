#pragma once

#include <offhook/sip/transport/connection.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <unordered_map>

namespace offhook::inline v0::sip::detail {

/// All connections of one edge, whatever carries them: accepted ones and those that we open; how many there may be, and which of
/// them a message takes. One thread.
class Connections {
 public:
  Connections(boost::asio::io_context& io, EdgeCounters& counters, ConnectionShared::Handlers handlers);
  ~Connections();

  [[nodiscard]] ConnectionShared& shared() { return shared_; }
  /// One that a listener of that transport has accepted.
  void adopt(boost::asio::ip::tcp::socket socket, Transport transport);
  /// Over flow.id if that connection lives, else over any the same way, else over a new one: none where the peer would have to
  /// be named and flow has none, for then it was the peer that connected, and it is gone.
  void send(const Flow& flow, std::string bytes, FlowId fresh_id);
  /// The peer answers no more: closes that connection and reports it as failed.
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
  std::uint64_t next_accepted_id_ = std::uint64_t{1} << 32;  // Those that we open are numbered by the edge, below this.
};

}  // namespace offhook::inline v0::sip::detail
