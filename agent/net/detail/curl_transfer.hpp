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

/// Initialises libcurl, once in the life of the program. Call it before any other function of libcurl.
void start_curl();
/// The scheme, host and port of a URL, as libcurl parses it.
struct UrlRoot {
  std::string scheme, host, port;  // an IPv6 address in `host` has its brackets
  /// Returns "https://host:port"; "" if the text is not an http or https URL.
  [[nodiscard]] std::string text() const;
};
[[nodiscard]] UrlRoot root_of(const std::string& url);

/// One request with its libcurl handle. It stores the data that libcurl delivers until deliver(), so that a handler cannot disturb libcurl.
class CurlTransfer : public std::enable_shared_from_this<CurlTransfer> {
 public:
  CurlTransfer(HttpRequest request, HttpHandler handler, const CurlOptions& options);
  ~CurlTransfer() { free(); }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_; }
  [[nodiscard]] const std::string& root() const { return root_; }
  /// Returns the host that must be resolved before the transfer starts: the server's host, or the proxy's host. Returns "" for an IP address, and for
  /// a name outside ASCII, which libcurl resolves itself.
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] base::Duration connect_limit() const { return request_.connect_limit; }
  /// Returns true if this transfer may connect to each of these addresses.
  [[nodiscard]] bool may_connect(const std::vector<base::IpAddress>& addresses) const;
  [[nodiscard]] NetError outside_local_network() const;
  /// Sets the addresses to connect to. `passed` is the time since the start of the request; it is subtracted from the limits.
  void set_addresses(const std::vector<base::IpAddress>& addresses, base::Duration passed);
  /// Returns true if the transfer was refused before it began, or if libcurl has ended it.
  [[nodiscard]] bool ended() const { return ended_; }
  /// Sets the list to which this transfer adds itself when it has something to deliver.
  void report_to(std::vector<std::shared_ptr<CurlTransfer>>* news) { news_ = news; }
  void refuse(NetError error);
  [[nodiscard]] NetError not_found(const std::string& trouble) const;
  void end(CURLcode code);
  /// After this, no handler of the transfer is called.
  void abandon() { abandoned_ = true; }
  void deliver();
  /// Frees the objects of libcurl. Call it after the handle has been removed from its multi handle.
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
  std::string whom_;           // text for people: the root, and the proxy if there is one
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* addresses_ = nullptr;
  curl_mime* form_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> trouble_{};
  std::vector<std::shared_ptr<CurlTransfer>>* news_ = nullptr;

  HttpHead head_;
  std::size_t header_octets_ = 0, body_octets_ = 0;
  bool has_head_ = false;      // the whole head has arrived
  bool too_large_ = false, ended_ = false, abandoned_ = false, noted_ = false;

  bool head_told_ = false, end_told_ = false;
  std::string body_;           // not delivered yet
  std::optional<NetError> error_;
};

}  // namespace offhook::inline v0::agent::net::detail
