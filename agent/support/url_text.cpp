#include <offhook/agent/support/url_text.hpp>

#include <offhook/base/text.hpp>

namespace offhook::inline v0::agent {

std::string percent_encoded(std::string_view value) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    const bool unreserved = base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      out += '%';
      out += kHex[octet >> 4U];
      out += kHex[octet & 0x0FU];
    }
  }
  return out;
}

std::string socket_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.starts_with("http")) return "ws" + std::string(url.substr(4));
  return std::string(url);
}

std::string host_of_url(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  std::string host;
  for (const char c : url.substr(begin + 3, url.find_first_of("/:?#", begin + 3) - begin - 3)) host += base::to_lower(c);
  return host;
}

std::string_view path_of_url(std::string_view url) {
  const auto begin = url.find("://");
  const auto path = begin == std::string_view::npos ? begin : url.find('/', begin + 3);
  return path == std::string_view::npos ? std::string_view() : url.substr(path);
}

}  // namespace offhook::inline v0::agent
