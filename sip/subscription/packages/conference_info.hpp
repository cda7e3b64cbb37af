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

inline constexpr std::string_view kConferenceInfoType = "application/conference-info+xml";

/// The document application/conference-info+xml, with the parts that a participant needs: RFC 4575 section 5. Absent texts are "".
struct ConferenceInfo {
  enum class Change : std::uint8_t { Full, Partial, Deleted };  ///< the state attribute
  struct Media {
    std::string id;
    std::string type{}, label{}, src_id{}, status{};  ///< status is "sendrecv", ...
    friend bool operator==(const Media&, const Media&) = default;
  };
  struct Endpoint {
    std::string entity;
    Change change = Change::Full;
    std::string display{}, status{}, joining_method{};  ///< status is "connected", "on-hold", "muted-via-focus", ...
    std::vector<Media> media{};
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
  };
  struct User {
    std::string entity;
    Change change = Change::Full;
    std::string display{};
    std::vector<std::string> roles{};
    std::vector<Endpoint> endpoints{};
    friend bool operator==(const User&, const User&) = default;
  };
  std::string entity;                        ///< URI of the conference
  std::uint32_t version = 0;
  Change change = Change::Full;
  std::string subject{}, display{};          ///< from the conference-description
  std::optional<std::uint32_t> user_count{};
  std::optional<bool> active{}, locked{};
  Change users_change = Change::Full;        ///< state of the list of users
  bool has_users = false;                    ///< true if the document has a list of users
  std::vector<User> users{};
};

/// Parses a document. Errors: those of XML; MissingValue (version, entity), BadValue, TooMany (users, endpoints or media over
/// kMaxRows in total).
[[nodiscard]] base::Result<ConferenceInfo, PackageError> parse_conference_info(std::string_view body);
[[nodiscard]] std::string write_conference_info(const ConferenceInfo& info);

/// One conference, merged from the documents of one subscription: RFC 4575 section 4.6.
class ConferenceTable {
 public:
  Applied apply(const ConferenceInfo& info);
  [[nodiscard]] const ConferenceInfo& conference() const { return conference_; }  ///< without its users
  [[nodiscard]] const std::map<std::string, ConferenceInfo::User>& users() const { return users_; }  ///< by entity
  [[nodiscard]] bool has_ended() const { return ended_; }  ///< true: unsubscribe

 private:
  std::optional<std::uint32_t> version_;
  bool ended_ = false;
  ConferenceInfo conference_;
  std::map<std::string, ConferenceInfo::User> users_;
};

}  // namespace offhook::inline v0::sip::packages
