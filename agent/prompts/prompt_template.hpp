#pragma once

#include <offhook/agent/prompts/call_variables.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::prompts {

inline constexpr std::size_t kMaxTemplateBytes = 128U << 10U;
inline constexpr std::size_t kMaxVariables = 256;     ///< places in one text where a value is put in
inline constexpr std::size_t kMaxVariableName = 128;  ///< octets between the braces

/// What is wrong with a text of ours, and where.
struct PromptFault {
  std::size_t line = 1;
  std::string found, advice;

  friend bool operator==(const PromptFault&, const PromptFault&) = default;
};

/// How the values of a call stand in the text.
enum class Use : std::uint8_t {
  Prompt,  ///< for a model: what the network said stands between <data> and </data>
  Speech,  ///< for a voice, as it is
};

/// A text with places for what is known of a call: {{caller}}, {{caller_name}}, {{called}}, {{time}}, {{date}}, {{weekday}},
/// {{header.NAME}} and {{context.NAME}}. Values are put in once and never read as templates themselves. Pure, immutable.
class PromptTemplate {
 public:
  PromptTemplate() = default;

  /// An unknown variable, braces that are not closed, and what is beyond the bounds above are faults.
  [[nodiscard]] static base::Result<PromptTemplate, PromptFault> parse(std::string_view text);

  /// What is not known of the call is left empty.
  [[nodiscard]] std::string render(const CallVariables& call, Use use = Use::Prompt) const;

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  /// True when render() puts in something that the network said.
  [[nodiscard]] bool holds_data() const;
  /// True when render() gives the same for every call.
  [[nodiscard]] bool is_fixed() const;
  /// True when it needs the context of the call.
  [[nodiscard]] bool uses_context() const;

 private:
  enum class Variable : std::uint8_t { None, Caller, CallerName, Called, Time, Date, Weekday, Header, Context };
  struct Piece {
    Variable variable = Variable::None;
    std::string text;  // Of None the text itself, of Header and Context its name.
  };
  static Piece variable_of(std::string_view name);
  [[nodiscard]] static std::string value_of(const Piece& piece, const CallVariables& call);

  std::vector<Piece> pieces_;
};

/// The variables without arguments, and "header." and "context.": for messages and documentation.
[[nodiscard]] std::vector<std::string_view> variable_names();

}  // namespace offhook::inline v0::agent::prompts
