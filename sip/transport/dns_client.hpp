#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/locate/records.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Asks name servers by c-ares, on one io_context and its one thread. Only reading the hosts file blocks.
class DnsClient {
 public:
  static constexpr std::size_t kMaxQuestions = 512;  ///< bound of pending questions; a further one fails
  /// The system's list of name servers is read again after this time, when no question is pending.
  static constexpr base::Duration kListAge = std::chrono::seconds(30);

  using Done = std::function<void(locate::Answer)>;

  DnsClient(boost::asio::io_context& io, DnsOptions options);
  ~DnsClient();  ///< pending callbacks are not called any more
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  /// Asks a question. `done` is called once, later.
  void ask(const locate::Question& question, Done done);
  /// Returns the addresses of this name in the machine's hosts file.
  [[nodiscard]] std::vector<base::IpAddress> known(const std::string& host);

 private:
  class Channel;
  void refresh();

  boost::asio::io_context& io_;
  DnsOptions options_;
  std::unique_ptr<Channel> channel_;
  base::TimePoint made_at_;
};

}  // namespace offhook::inline v0::sip::detail
