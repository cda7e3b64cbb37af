#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/subscription/packages/package_error.hpp>
#include <offhook/sip/subscription/packages/version_rule.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::packages {

inline constexpr std::string_view kRegistrationInfoType = "application/reginfo+xml";

/// The document application/reginfo+xml: RFC 3680 section 5.1.
struct RegistrationInfo {
  enum class State : std::uint8_t { Init, Active, Terminated };  ///< a contact is never Init
  struct Contact {
    std::string id;
    State state = State::Active;
    std::string event{};                 ///< "registered", "expired", "deactivated", "rejected", ...
    std::string uri{}, display{};
    std::optional<std::uint32_t> expires{}, duration{}, retry_after{};  ///< seconds
    friend bool operator==(const Contact&, const Contact&) = default;
  };
  struct Registration {
    std::string aor, id;
    State state = State::Init;
    std::vector<Contact> contacts{};
  };
  std::uint32_t version = 0;
  bool whole = true;
  std::vector<Registration> registrations{};
};

/// Parses a document. Errors: those of XML; MissingValue (version, state, aor, id, uri), BadValue, TooMany (contacts over
/// kMaxRows).
[[nodiscard]] base::Result<RegistrationInfo, PackageError> parse_registration_info(std::string_view body);
[[nodiscard]] std::string write_registration_info(const RegistrationInfo& info);

/// The registrations of one subscription: RFC 3680 section 5.2.
class RegistrationTable {
 public:
  struct Row {
    std::string aor;
    RegistrationInfo::State state = RegistrationInfo::State::Init;
    std::map<std::string, RegistrationInfo::Contact> contacts{};  ///< by id
  };
  Applied apply(const RegistrationInfo& info);
  [[nodiscard]] const std::map<std::string, Row>& registrations() const { return rows_; }  ///< by id

 private:
  std::optional<std::uint32_t> version_;
  std::map<std::string, Row> rows_;
};

}  // namespace offhook::inline v0::sip::packages
