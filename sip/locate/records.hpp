#pragma once

#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// Questions to name servers, and their answers. Values, without any wire format.
namespace offhook::inline v0::sip::locate {

enum class RecordType : std::uint8_t { A, Aaaa, Srv, Naptr };
[[nodiscard]] std::string_view to_string(RecordType type);

struct Question {
  RecordType type = RecordType::A;
  std::string name;  ///< lower case, without the trailing dot
  friend auto operator<=>(const Question&, const Question&) = default;
};

struct AddressRecord {
  base::IpAddress address;
};
struct SrvRecord {  ///< RFC 2782
  std::uint16_t priority = 0, weight = 0, port = 0;
  std::string target;  ///< "" is the root: the domain states that it does not offer the service
};
struct NaptrRecord {  ///< RFC 3263 section 4.1 has an example
  std::uint16_t order = 0, preference = 0;
  std::string flags, service, regexp, replacement;
};
struct AliasRecord {  ///< CNAME
  std::string target;
};

struct Record {
  std::string name;  ///< owner name of the record
  std::chrono::seconds ttl{};
  std::variant<AddressRecord, SrvRecord, NaptrRecord, AliasRecord> data;
};

struct Answer {
  enum class Kind : std::uint8_t {
    Found,    ///< possibly without a record of the requested type
    NoName,   ///< NXDOMAIN
    NoData,   ///< the name exists, but has no such records
    Failed,   ///< the server failed or refused, or its response is not a DNS message
    Timeout,  ///< no server responded
  };
  Kind kind = Kind::Found;
  std::vector<Record> records;
  std::string trouble{};  ///< for Failed and Timeout: a short reason, such as "SERVFAIL"
};

/// Returns the name in lower case without a trailing dot, so that names can be compared.
[[nodiscard]] std::string normal_name(std::string_view name);
/// Returns true for 1 to 253 letters, digits, hyphens, underscores and dots, with labels of 1 to 63. We ask name servers only
/// about names like this.
[[nodiscard]] bool is_host_name(std::string_view name);

}  // namespace offhook::inline v0::sip::locate
