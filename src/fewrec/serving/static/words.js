// What the page says, in both languages. Values are put in place of {name}.
const WORDS = {
  skip: ["Skip to the content", "跳到正文"],
  discover: ["Discover", "发现"],
  search: ["Search", "搜索"],
  operator: ["Operator", "运营"],
  language: ["中文", "English"],
  hello: ["Say what you like, and see the list change", "说说你的喜好，看列表如何变化"],
  nothing_stored: ["Nothing of this is stored on the server.", "这些内容不会存储在服务器上。"],
  say: ["In a sentence", "用一句话说"],
  say_hint: ["what you like, or want now", "说说你的喜好，或现在想要什么"],
  add: ["Add", "添加"],
  said: ["said", "说过"],
  liked: ["liked", "喜欢"],
  disliked: ["disliked", "不喜欢"],
  remove: ["Remove {what}", "移除 {what}"],
  questions: ["Do you know these?", "你看过这些吗？"],
  like: ["Like", "喜欢"],
  dislike: ["Dislike", "不喜欢"],
  skip_question: ["Don't know", "没看过"],
  like_what: ["Like {what}", "喜欢 {what}"],
  dislike_what: ["Dislike {what}", "不喜欢 {what}"],
  skip_what: ["I don't know {what}", "没看过 {what}"],
  taste: ["Your taste in words", "你的口味"],
  list: ["For you", "为你推荐"],
  list_anybody: ["For anybody, until you say something", "在你开口之前，适合所有人"],
  score: ["score {score}, uncertainty ± {spread}", "得分 {score}，不确定度 ± {spread}"],
  prior: ["what holds for anybody", "对所有人都成立"],
  r_like: ["you liked {what}", "你喜欢 {what}"],
  r_dislike: ["you disliked {what}", "你不喜欢 {what}"],
  r_rating: ["rated {what}", "评过 {what}"],
  r_event: ["met {what}", "看过 {what}"],
  r_statement: ["you said “{what}”", "你说“{what}”"],
  r_request: ["you asked “{what}”", "你想要“{what}”"],
  matched: ["“{claim}”: {column} … “{text}”", "「{claim}」：{column} … “{text}”"],
  understood: ["Understood", "理解为"],
  claim: ["{kind}, {n} items", "{kind}，{n} 项"],
  c_category: ["category", "类别"], c_person: ["person", "人物"], c_time: ["time", "时间"], c_theme: ["theme", "主题"],
  c_title: ["title", "标题"], c_number: ["number", "数值"], c_brand: ["brand", "品牌"], c_language: ["language", "语言"],
  unmatched: ["Nothing here answers: {what}.", "没有匹配：{what}。"],
  nearest: ["Nearest: {what}.", "最接近的有：{what}。"],
  more: ["{n} more", "其余 {n} 项"],
  start_over: ["Start over", "重新开始"],
  updated: ["The list was updated: {n} items, first {what}.", "列表已更新：共 {n} 项，第一项是 {what}。"],
  empty: ["Nothing found.", "没有找到。"],
  features: ["In words", "特征文本"],
  similar: ["Items like it", "相似物品"],
  search_label: ["Search items", "搜索物品"],
  next: ["More", "更多"],
  found: ["{n} items shown", "显示 {n} 项"],
  error: ["It did not work: {what}", "出错了：{what}"],
  key: ["API key", "API 密钥"],
  key_hint: ["This service asks for a key. It is kept until the tab is closed.", "此服务需要密钥。关闭标签页后即被清除。"],
  use_key: ["Use it", "使用"],
  catalogue: ["What the store holds", "数据概况"],
  items: ["items", "物品"], users: ["users", "用户"], events: ["events", "事件"], statements: ["statements", "陈述"],
  newcomers: ["new since the fit", "拟合之后新增"], size_bytes: ["bytes on disk", "磁盘字节数"],
  fits: ["Fits", "拟合"],
  fit_now: ["Fit now", "立即拟合"],
  fit_current: ["Current: {model}, {items} items, {users} users, made {when}; {writes} writes since.", "当前：{model}，{items} 个物品，{users} 位用户，完成于 {when}；此后 {writes} 次写入。"],
  fit_none: ["There is no fit yet.", "还没有拟合。"],
  state: ["state", "状态"], stage: ["stage", "阶段"], reason: ["reason", "原因"], when: ["asked for", "请求时间"], problem: ["error", "错误"],
  running: ["running", "进行中"], done: ["done", "完成"], failed: ["failed", "失败"],
  quality: ["Hit rate of what was shown", "展示命中率"],
  quality_none: ["No list was shown to a known user yet.", "还没有向已知用户展示过列表。"],
  day: ["day", "日期"], shown: ["shown", "展示"], met: ["met", "接触"], hit_rate: ["hit rate", "命中率"], liked_rate: ["liked", "喜欢率"],
  metrics: ["Requests since the start", "启动以来的请求"],
  route: ["route", "路由"], count: ["requests", "请求数"], mean_ms: ["mean, ms", "平均毫秒"],
  evaluation: ["Evaluation", "评测"],
  evaluation_none: ["There is no evaluation report yet; fewrec evaluate … --html writes one.", "还没有评测报告；fewrec evaluate … --html 可生成。"],
  user_id: ["user", "用户"],
};

let language = localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");

export const lang = () => language;

export function setLang(next) {
  language = next;
  localStorage.setItem("language", next);
}

export function t(key, values = {}) {
  const text = WORDS[key] ? WORDS[key][language === "zh" ? 1 : 0] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
