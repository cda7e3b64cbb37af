#include <offhook/sip/stack/custom_headers.hpp>

#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/limits.hpp>

namespace offhook::inline v0::sip {

std::optional<std::string> why_not_sent(const HeaderList& headers) {
  if (headers.size() > kMaxCustomHeaders)
    return std::to_string(headers.size()) + " header fields; at most " + std::to_string(kMaxCustomHeaders) +
           " can be added to a message";
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    bytes += name.size() + value.size();
    if (!is_settable(name))
      return "the header field " + name.substr(0, 64) + " cannot be added: the stack writes it itself, or its name is not a token";
    constexpr std::string_view kEnds("\r\n\0", 3);
    if (value.find_first_of(kEnds) != std::string::npos) return "the value of " + name + " contains CR, LF or NUL: remove this character";
  }
  if (bytes > kMaxCustomHeaderBytes)
    return std::to_string(bytes) + " octets of header fields; at most " + std::to_string(kMaxCustomHeaderBytes) +
           " can be added to a message";
  return std::nullopt;
}

}  // namespace offhook::inline v0::sip
