#include <offhook/agent/setup/host_trial.hpp>

#include <offhook/agent/net/host_lookup.hpp>

#include <boost/asio/io_context.hpp>

#include <optional>

namespace offhook::inline v0::agent::setup {

Finding try_host(const std::string& host, const std::function<bool()>& is_interrupted) {
  boost::asio::io_context io;
  net::HostLookup lookup(io);
  auto found = lookup.known(host);
  if (!found) {
    lookup.find(host, net::HostLookup::kLimit, [&found, &io](const net::HostAddresses& addresses) {
      found = addresses;
      io.stop();
    });
    while (!io.stopped() && !is_interrupted()) io.run_for(std::chrono::milliseconds(50));
  }
  if (!found || found->addresses.empty()) return {false, host + " is not found" + (found ? ": " + found->trouble : "")};
  const std::string address = found->addresses.front().to_string();
  return {true, host + " is found" + (host == address ? "" : " at " + address)};
}

}  // namespace offhook::inline v0::agent::setup
