#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::test {

/// A tool call that an attacker's text requests.
struct Order {
  std::string name, arguments;
  std::string call_id;  ///< id of the tool call; "": the model uses its next free id
};

/// Returns the orders in a text. `@@transfer {"number":"1"}@@` calls the tool `transfer` with these arguments. `@@3*note {"text":"a"}@@`
/// calls `note` three times. `@@note#7 {}@@` uses the call id 7. The words around an order have no effect.
[[nodiscard]] inline std::vector<Order> orders_in(std::string_view text) {
  constexpr std::string_view kMark = "@@";
  std::vector<Order> orders;
  while (true) {
    const auto open = text.find(kMark);
    const auto close = open == std::string_view::npos ? open : text.find(kMark, open + kMark.size());
    if (close == std::string_view::npos) return orders;
    std::string_view said = text.substr(open + kMark.size(), close - open - kMark.size());
    text.remove_prefix(close + kMark.size());
    std::size_t times = 1;
    const auto star = said.find('*');
    if (star != std::string_view::npos && star > 0 && said.substr(0, star).find_first_not_of("0123456789") == std::string_view::npos) {
      times = std::stoul(std::string(said.substr(0, star)));
      said.remove_prefix(star + 1);
    }
    Order order;
    const auto blank = said.find(" {") == std::string_view::npos ? said.find(' ') : said.find(" {");
    order.name = said.substr(0, blank);
    if (blank != std::string_view::npos) order.arguments = said.substr(blank + 1);
    const auto hash = order.name.find('#');
    if (hash != std::string::npos) order.call_id = order.name.substr(hash + 1);
    order.name.resize(std::min(hash, order.name.size()));
    orders.insert(orders.end(), times, order);
  }
}

}  // namespace offhook::test
