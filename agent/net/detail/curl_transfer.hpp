#pragma once

#include <offhook/agent/net/curl_http_client.hpp>
#include <offhook/agent/net/http_client.hpp>

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::net::detail {

/// Once in the life of the program, before anything else of libcurl.
void start_curl();
/// A URL without its path, in which libcurl reads the host and its port.
struct UrlRoot {
  std::string scheme, host, port;  // `host` of IPv6 has its brackets
  /// "https://host:port"; "" when it is no URL, or neither of http nor of https.
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] UrlRoot root_of(const std::string& url);

/// One request as libcurl has it. What libcurl brings is kept until deliver(), which it cannot disturb.
class CurlTransfer : public std::enable_shared_from_this<CurlTransfer> {
 public:
  CurlTransfer(HttpRequest request, HttpHandler handler, const CurlOptions& options);
  ~CurlTransfer() { free(); }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_; }
  [[nodiscard]] const std::string& root() const { return root_; }
  /// The host to look up before it begins, or the proxy's; "" where it is an address, or libcurl looks it up (a name outside of ASCII).
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] base::Duration connect_limit() const { return request_.connect_limit; }
  /// Whether it may connect to each of these.
  [[nodiscard]] bool may_connect(const std::vector<base::IpAddress>& addresses) const;
  [[nodiscard]] NetError outside_local_network() const;
  /// Connects to one of these, `passed` after it was asked for; of its limits the rest is left.
  void set_addresses(const std::vector<base::IpAddress>& addresses, base::Duration passed);
  /// Refused before it began, or ended by libcurl.
  [[nodiscard]] bool ended() const { return ended_; }
  /// Where to put this when there is something to deliver.
  void tell(std::vector<std::shared_ptr<CurlTransfer>>* news) { news_ = news; }
  void refuse(NetError error);
  [[nodiscard]] NetError not_found(const std::string& trouble) const;
  void end(CURLcode code);
  /// The handlers are called no more.
  void abandon() { abandoned_ = true; }
  void deliver();
  /// What libcurl holds, after the handle was taken out of its multi handle.
  void free();

 private:
  static curl_socket_t open_local_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  [[nodiscard]] bool take_header(std::string_view line);
  [[nodiscard]] bool set_up(const CurlOptions& options);
  void set_limits(base::Duration passed = {});
  void set_trust(const CurlOptions& options);
  void set_proxy();
  [[nodiscard]] bool set_body();
  [[nodiscard]] bool set_headers(const CurlOptions& options);
  [[nodiscard]] std::optional<NetError> error_of_proxy() const;
  [[nodiscard]] NetError error_of(CURLcode code) const;
  void note();

  HttpRequest request_;
  HttpHandler handler_;
  bool local_only_ = false, left_network_ = false, refused_by_proxy_ = false;
  std::optional<Proxy> proxy_{};
  std::string root_, host_, port_;
  std::string whom_;           // for people: the root, and by which proxy
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* addresses_ = nullptr;
  curl_mime* form_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> trouble_{};
  std::vector<std::shared_ptr<CurlTransfer>>* news_ = nullptr;

  HttpHead head_;
  std::size_t header_octets_ = 0, body_octets_ = 0;
  bool has_head_ = false;      // all of it came
  bool too_large_ = false, ended_ = false, abandoned_ = false, noted_ = false;

  bool head_told_ = false, end_told_ = false;
  std::string body_;           // not told yet
  std::optional<NetError> error_;
};

}  // namespace offhook::inline v0::agent::net::detail
