#pragma once

#include <offhook/sip/model/events.hpp>
#include <offhook/sip/transport/dns_client.hpp>
#include <offhook/sip/transport/listeners.hpp>
#include <offhook/sip/transport/server_finder.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Answers the stack's queries: finds the servers of a host, and for each the listener of ours that it can reach.
class RouteFinder {
 public:
  struct Owner {
    std::function<bool(Transport)> offers;  ///< returns true if this edge can open connections of the transport
    std::function<void(base::Duration, std::function<void()>)> after;
    std::function<void(QueryId, QueryResult)> answer;
  };

  RouteFinder(boost::asio::io_context& io, const DnsOptions& dns, const Listeners& listeners, Owner owner);
  void resolve(const Query& query);
  /// Finds the addresses of a host. Calls `done` once, later. The list is empty if no address was found.
  void find_host(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done);

 private:
  [[nodiscard]] Locator::Options options() const;
  void answer(QueryId query, const ServerFinder::Result& found);

  const Listeners& listeners_;
  Owner owner_;
  base::SystemRandom random_;
  DnsClient dns_;
  ServerFinder finder_;
};

}  // namespace offhook::inline v0::sip::detail
