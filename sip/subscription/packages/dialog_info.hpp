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

inline constexpr std::string_view kDialogInfoType = "application/dialog-info+xml";

/// The document application/dialog-info+xml: RFC 4235 section 4.1.
struct DialogInfo {
  enum class State : std::uint8_t { Trying, Proceeding, Early, Confirmed, Terminated };
  enum class Direction : std::uint8_t { Unknown, Initiator, Recipient };
  struct Side {
    std::string identity{};  ///< a URI
    std::string display{};
    std::string target{};    ///< URI of the Contact
    friend bool operator==(const Side&, const Side&) = default;
  };
  struct Dialog {
    std::string id;
    State state = State::Trying;
    std::string event{};                  ///< reason for this state: "cancelled", "rejected", "replaced", ...
    std::optional<std::uint32_t> code{};  ///< status of the response that led to this state
    Direction direction = Direction::Unknown;
    std::string call_id{}, local_tag{}, remote_tag{};
    std::optional<std::uint32_t> duration{};  ///< seconds
    Side local{}, remote{};
    friend bool operator==(const Dialog&, const Dialog&) = default;
  };
  std::string entity;  ///< the URI to which these dialogs belong
  std::uint32_t version = 0;
  bool whole = true;   ///< state="full"
  std::vector<Dialog> dialogs{};
};

[[nodiscard]] std::string_view to_string(DialogInfo::State state);
/// Parses a document. Errors: those of XML; MissingValue (version, state, entity, id), BadValue, TooMany (over kMaxRows).
[[nodiscard]] base::Result<DialogInfo, PackageError> parse_dialog_info(std::string_view body);
/// Writes a document. `mark` is written in place of the version if the sender of the document counts the versions
/// (subscription::kVersionMark). If `mark` is "", writes info.version.
[[nodiscard]] std::string write_dialog_info(const DialogInfo& info, std::string_view mark = {});

/// The dialogs of one entity, merged from the documents of one subscription: RFC 4235 section 4.3.
class DialogTable {
 public:
  Applied apply(const DialogInfo& info);
  [[nodiscard]] const std::map<std::string, DialogInfo::Dialog>& dialogs() const { return dialogs_; }  ///< by id
  /// Returns true if a dialog has not ended, which a telephone's lamp shows as "line in use".
  [[nodiscard]] bool in_use() const;

 private:
  std::optional<std::uint32_t> version_;
  std::map<std::string, DialogInfo::Dialog> dialogs_;
};

}  // namespace offhook::inline v0::sip::packages
