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

/// Name servers by c-ares, on one io_context and its one thread: nothing here blocks but the reading of the hosts file.
class DnsClient {
 public:
  static constexpr std::size_t kMaxQuestions = 512;  ///< under way at a time; a further one has failed
  /// The system's list of name servers is read again after this, when nothing is under way.
  static constexpr base::Duration kListAge = std::chrono::seconds(30);

  using Done = std::function<void(locate::Answer)>;

  DnsClient(boost::asio::io_context& io, DnsOptions options);
  ~DnsClient();  ///< who still waits hears nothing any more
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  /// `done` is called once, later.
  void ask(const locate::Question& question, Done done);
  /// Addresses that the machine's own hosts file gives this name.
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
