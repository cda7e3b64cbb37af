#include <offhook/sdp/host_name.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::string_view kV4 = "c=IN IP4 ", kV6 = "c=IN IP6 ", kInvalid = ".invalid";

bool is_host_name(std::string_view text) {
  const auto may_stand = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_'; };
  return text.size() <= HostName::kMaxBytes && std::all_of(text.begin(), text.end(), may_stand) && std::any_of(text.begin(), text.end(), [](char c) { return base::is_alpha(c); }) &&
         !(text.size() >= kInvalid.size() && base::iequals(text.substr(text.size() - kInvalid.size()), kInvalid));
}

/// Returns the host name of this line, or nullopt if it is not a c= line with a host name.
std::optional<HostName> host_name_of(std::string_view line) {
  const bool v6 = line.starts_with(kV6);
  if (!v6 && !line.starts_with(kV4)) return std::nullopt;
  const std::string_view name = base::trim(line.substr(kV4.size()));
  return is_host_name(name) ? std::optional(HostName{name, v6}) : std::nullopt;
}

/// Removes the next line, including its line end, from `rest` and returns it.
std::string_view take_whole_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, std::min(rest.find('\n'), rest.size() - 1) + 1);
  rest.remove_prefix(line.size());
  return line;
}

}  // namespace

std::optional<HostName> find_host_name(std::string_view description) {
  while (!description.empty()) {
    if (const auto host = host_name_of(take_whole_line(description))) return host;
  }
  return std::nullopt;
}

std::string with_address(std::string_view description, const HostName& host, const base::IpAddress& address) {
  std::string text;
  while (!description.empty()) {
    const std::string_view line = take_whole_line(description);
    const auto found = host_name_of(line);
    if (found && found->v6 == host.v6 && base::iequals(found->name, host.name)) {
      text.append(address.is_v6() ? kV6 : kV4).append(address.to_string()).append(line.ends_with("\r\n") ? "\r\n" : line.ends_with('\n') ? "\n" : "");
    } else {
      text.append(line);
    }
  }
  return text;
}

}  // namespace offhook::inline v0::sdp
