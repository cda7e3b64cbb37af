#pragma once

#include <offhook/base/socket_address.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What is asked of the name servers, and what they say. Values, without any wire format.
namespace offhook::inline v0::sip::locate {

enum class RecordType : std::uint8_t { A, Aaaa, Srv, Naptr };
[[nodiscard]] std::string_view to_string(RecordType type);

struct Question {
  RecordType type = RecordType::A;
  std::string name;  ///< lower case, without the dot at the end
  friend auto operator<=>(const Question&, const Question&) = default;
};

struct AddressRecord {
  base::IpAddress address;
};
struct SrvRecord {  ///< RFC 2782
  std::uint16_t priority = 0, weight = 0, port = 0;
  std::string target;  ///< "" is the root: the service is decidedly not offered
};
struct NaptrRecord {  ///< RFC 3263 section 4.1 shows one
  std::uint16_t order = 0, preference = 0;
  std::string flags, service, regexp, replacement;
};
struct AliasRecord {  ///< CNAME
  std::string target;
};

struct Record {
  std::string name;  ///< whose record it is
  std::chrono::seconds ttl{};
  std::variant<AddressRecord, SrvRecord, NaptrRecord, AliasRecord> data;
};

struct Answer {
  enum class Kind : std::uint8_t {
    Found,    ///< though perhaps no record of the type that was asked for
    NoName,   ///< NXDOMAIN
    NoData,   ///< there is such a name, without such records
    Failed,   ///< the server could not or would not say, or what it said was no DNS message
    Timeout,  ///< nobody answered
  };
  Kind kind = Kind::Found;
  std::vector<Record> records;
  std::string trouble{};  ///< Failed, Timeout: in a word or two, such as "SERVFAIL"
};

/// Names are compared without regard to case, and a dot at the end says nothing: both go.
[[nodiscard]] std::string normal_name(std::string_view name);
/// 1 to 253 letters, digits, hyphens, underscores and dots, with labels of 1 to 63: all that we ask a name server about.
[[nodiscard]] bool is_host_name(std::string_view name);

}  // namespace offhook::inline v0::sip::locate
