#include <offhook/sip/locate/records.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::locate {

namespace {
constexpr std::size_t kMaxName = 253, kMaxLabel = 63;  // In octets, for a domain name and for each label.
}

std::string_view to_string(RecordType type) {
  switch (type) {
    case RecordType::A: return "A";
    case RecordType::Aaaa: return "AAAA";
    case RecordType::Srv: return "SRV";
    case RecordType::Naptr: return "NAPTR";
  }
  return "";
}

std::string normal_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string normal(name);
  std::transform(normal.begin(), normal.end(), normal.begin(), base::to_lower);
  return normal;
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return false;
  std::size_t label = 0;
  for (const char c : name) {
    if (c == '.' ? label == 0 : !base::is_alpha(c) && !base::is_digit(c) && c != '-' && c != '_') return false;
    label = c == '.' ? 0 : label + 1;
    if (label > kMaxLabel) return false;
  }
  return label > 0;
}

}  // namespace offhook::inline v0::sip::locate
