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
inline constexpr std::size_t kMaxVariables = 256;     ///< maximum number of variables in one text
inline constexpr std::size_t kMaxVariableName = 128;  ///< longest text between the braces, in octets

/// An error in a configured text, and its line.
struct PromptFault {
  std::size_t line = 1;
  std::string found, advice;

  friend bool operator==(const PromptFault&, const PromptFault&) = default;
};

/// The receiver of the rendered text, which decides how render() marks the values of a call.
enum class Use : std::uint8_t {
  Prompt,  ///< for a model: values from the network are between <data> and </data>
  Speech,  ///< for a voice: values without marks
};

/// A configured text with variables: {{caller}}, {{caller_name}}, {{called}}, {{time}}, {{date}}, {{weekday}}, {{header.NAME}} and
/// {{context.NAME}}. render() puts the values in once and never reads a value as a template. Pure, immutable.
class PromptTemplate {
 public:
  PromptTemplate() = default;

  /// Parses `text`. Refuses an unknown variable, braces that are not closed, and a text beyond the bounds above.
  [[nodiscard]] static base::Result<PromptTemplate, PromptFault> parse(std::string_view text);

  /// Returns the text with the values of `call`. A variable without a value becomes an empty string.
  [[nodiscard]] std::string render(const CallVariables& call, Use use = Use::Prompt) const;

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  /// Returns true if render() puts in a value that came from the network.
  [[nodiscard]] bool holds_data() const;
  /// Returns true if render() returns the same text for every call.
  [[nodiscard]] bool is_fixed() const;
  /// Returns true if render() needs the context of the call.
  [[nodiscard]] bool uses_context() const;

 private:
  enum class Variable : std::uint8_t { None, Caller, CallerName, Called, Time, Date, Weekday, Header, Context };
  struct Piece {
    Variable variable = Variable::None;
    std::string text;  // the text itself for None; the name for Header and Context
  };
  static Piece variable_of(std::string_view name);
  [[nodiscard]] static std::string value_of(const Piece& piece, const CallVariables& call);

  std::vector<Piece> pieces_;
};

/// Returns the names of the variables without arguments, and "header." and "context.", for messages and documentation.
[[nodiscard]] std::vector<std::string_view> variable_names();

}  // namespace offhook::inline v0::agent::prompts
