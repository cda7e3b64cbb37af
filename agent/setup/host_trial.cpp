#include <offhook/agent/setup/host_trial.hpp>

#include <offhook/agent/net/host_lookup.hpp>

namespace offhook::inline v0::agent::setup {

Finding try_host(const std::string& host, const std::function<bool()>& is_interrupted) {
  const net::HostAddresses found = net::look_up(host, is_interrupted);
  if (found.addresses.empty()) return {false, host + " is not found" + (found.trouble.empty() ? "" : ": ") + found.trouble};
  const std::string address = found.addresses.front().to_string();
  return {true, host + " is found" + (host == address ? "" : " at " + address)};
}

}  // namespace offhook::inline v0::agent::setup
