package privacy

import (
	"strings"
	"sync"
)

// The tables of this file are what an engineer extends: a spelling or a word is one
// more entry of a list. Lists of words are parted by spaces and compared without
// regard to the case of Latin letters.

// digit is the value of a character that people write for a digit, -1 for others.
func digit(r rune) int {
	switch r {
	case '〇', '零', '洞':
		return 0
	case '一', '幺', '壹', '弌':
		return 1
	case '二', '贰', '貳', '弍':
		return 2
	case '三', '叁', '參', '弎':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆', '陸':
		return 6
	case '七', '柒', '拐':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖', '勾':
		return 9
	}
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	return -1
}

// lookalike is the digit for which a Latin letter stands inside a number.
func lookalike(r rune) int {
	switch r {
	case 'O', 'o':
		return 0
	case 'l', 'I', 'i':
		return 1
	}
	return -1
}

// dingbatDigit is the value of the circled digits that NFKC leaves alone.
func dingbatDigit(r rune) rune {
	for _, first := range []rune{'❶', '➀', '➊', '⓵'} {
		if r >= first && r < first+9 {
			return r - first + 1
		}
	}
	if r == '⓿' || r == '🄋' || r == '🄌' {
		return 0
	}
	return -1
}

// isHole says that a character, written twice or more, stands for digits that
// somebody has hidden already.
func isHole(r rune) bool { return strings.ContainsRune("*xX×●■□○◯#█", r) }

// Words before a number.
const (
	// announcePhone announce a phone number.
	announcePhone = "电话 手机 座机 固话 宅电 联系方式 联系 致电 回电 来电 号码 拨打 打 呼叫 手机号 电话号 tel phone mobile call 打给 联络 ☎ 📞 📱"
	// announcePublic announce a number of an office.
	announcePublic = "值班电话 值守电话 热线 热线电话 咨询电话 办公电话 监督电话 举报电话 投诉电话 服务电话 抢修电话 报修电话 客服 客服电话 传真 " +
		"新闻发布 新闻办 应急电话 救援电话 公布电话 受理电话 服务台 总机 值班室 办公室 发布联系电话 维权电话 报警电话 咨询 报修 抢修"
	// personal words between make a number private all the same.
	personal = "我家 我的 家里 家中 本人 住宅 宅电 手机 联系人 个人 我妈 我爸 父亲 母亲 老人 座机 儿子 女儿"
	// offices are how names of offices end that stand right before their number.
	offices = "局 委 委员会 办 中心 公司 政府 所 站 科 处 医院 学校 大队 支队 电视台 日报社 街道办 集团 指挥部 法院 检察院 物业 居委会 村委会 营业厅"
	// announceID, announceCard and announceAccount announce numbers of persons.
	announceID      = "身份证 身份证号 身份证号码 证件 证件号 证件号码 公民身份号码 老证 老证号 身份号码 身份证件"
	announceCard    = "卡号 银行卡 银行卡号 储蓄卡 信用卡 工资卡 借记卡 存折 建行 工行 农行 中行 邮储 交行 建行卡 工行卡 农行卡 中行卡 社保卡 一卡通 开户行 银行"
	announceAccount = "账号 帐号 账户 帐户 qq qq号 扣扣 扣扣号 企鹅号 微信 微信号 薇信 威信 vx wx v信 加v 加微 加薇 weixin wechat 护照 护照号 军官证 驾驶证 驾驶证号 社保号 医保号 " +
		"qq群 抖音号 快手号 支付宝"
	// announceTicket announce numbers that are no person's.
	announceTicket = "工单 工单号 单号 编号 受理号 流水号 户号 文号 案号 订单 订单号 合同 合同号 合同编号 批复 档案号 许可证 许可证号 矿证号 采矿证号 " +
		"信用代码 代码 期号 isbn issn 邮编 版本 版本号 快递 快递单号 运单 运单号 批号 序号 登记号 诉求号 表号 电表号 气表号 机组 型号 货号 车次 航班 备案号 第 no №"
	// standards are prefixes of standards and documents.
	standards = "gb gb/t dl/t dl aq mt mt/t nb nb/t sy/t sy iso iec q/gdw jb/t hg/t tsg db14/t db14 cjj jgj cj/t"
	// contactPrefix are Latin words glued to a number of a person.
	contactPrefix = "tel phone mobile mob cell wx vx v weixin wechat qq dh sj t call"
	// publicAccount say that an account is no person's.
	publicAccount = "官方微信 官方微博 官微 公众微信 公众号 订阅号 服务号 小程序 视频号 公号"
)

// Words after a number.
const (
	// units make a long number an amount.
	units = "元 万 亿 吨 千瓦时 kwh 度电 立方 方气 股 美元 斤 公斤 人次 余万 多万 余亿 多亿 余元 多元 余吨 多吨"
	// notUnits begin with a unit and are none.
	notUnits = "元旦 元宵 元月 元氏 万达 万科 万象 万家 万福 万豪 亿达"
	// smallUnits make parted numbers a list of things.
	smallUnits = "号楼 栋 层 室 度 ℃ % 倍 月 年 个 户 台 大卡 公里 期 元 档"
	// oneWords begin with 一 and are no digit.
	oneWords = "一直 一共 一个 一样 一下 一定 一次 一些 一家 一般 一起 一天 一旦 一律 一时"
	// ofMine follow a local number that is somebody's own.
	ofMine = "电话 手机 座机 号码 固话 手机号"
)

// Labels before a name.
const (
	// persons announce a person's name, with a colon or without.
	persons = "来电人 来访人 来信人 反映人 诉求人 投诉人 举报人 求助人 联系人 当事人 留言人 申请人 报料人 爆料人 报警人 上访人 信访人 反馈人 咨询人 " +
		"姓名 市民 村民 居民 业主 网民 网友 群众 住户 用户 事主 户主 车主 失主 经办人 来电者 反映者 投诉者 举报者 来电市民"
	// authors announce a name that the person has chosen, with a colon only.
	authors = "楼主 作者 发帖人 发布人 发布者 发帖者 用户名 昵称 网友 网名 网民 署名 博主 层主 题主 up主 发贴人 提问者 提问人 回复人 评论者 跟帖者 投稿人 微博名 微信名 微信昵称"
	// titles follow a surname alone.
	titles = "先生 女士 同志 师傅 大爷 大妈 阿姨 大娘 大叔 小姐 老师 老汉"
	// afterName is what may follow a name that no colon announced.
	afterName = "反映 称 说 表示 来电 投诉 咨询 询问 打电话 打来 举报 发帖 发文 留言 求助 的 电话 手机 联系 实名 家住 住在 身份证 认为 诉 告知 提出 建议 要求 " +
		"希望 爆料 提供 拨打 致电 告诉 介绍 写道 在 对 质疑 抱怨 所留 报警 本人 因 家 夫妇 等人 先生 女士 同志 自称 补充 发现 来信 来访"
	// noNames begin like a name and are none.
	noNames = "于昨 于今 于本 于上 于近 于当 于前 于是 于凌 于早 于晚 于下 于去 于该 于每 曾多 曾向 曾反 曾经 曾于 曾在 曾致 曾拨 曾打 曾投 曾因 常常 常年 方面 任何 " +
		"高度 高兴 安全 温暖 万分 平时 平均 都说 都称 都反 都在 全部 应该 成立 成功 时常 何时 何人 何故 施工 龙头 石头 水电 金额 钱款 毛病 单位 单元 单独 " +
		"路过 路上 支持 支付 连续 连日 连夜 连年 车辆 车位 商户 商场 游客 解释 费用 孔洞 强烈 干部 向我 向本 向社 向物 向市 向县 向区 家属 明确 代表 和物 和家 从未 段时 陈述 常住 万余 " +
		"白天 白跑 黄金 米面 盛赞 熊猫 顾虑 顾及 江边 边说 申请 申诉 党员 谈到 谈及 祝愿 曲折 包括 包含 封闭 童年 查询 查看 柳州 关于 关心 关注 关闭 关切 严重 严格 古城 燕京 计划 计算 项目 伏天 管理 管道 管线 冷得"
	// institutions are how tokens end that are no person's name.
	institutions = "局 委 办 办公室 社 报 网 台 公司 中心 集团 政府 频道 部 院 会 矿 厂 队 所 站 客户端 编辑部 记者 融媒 公安 警方 消防 气象 法院 检察 发布 新闻 交警 日报 晚报 电视台 " +
		"广播 供电 热力 燃气 街道 居委会 村委会 学校 大学 银行 论坛 在线 之声 先锋 官微 官方"
	// handleEnds are words at which a handle ends that no space parts from the text.
	handleEnds = "停电 停气 停暖 停水 停供 断电 断气 煤矿 透水 爆炸 事故 着火 起火 塌方 坍塌 泄漏 被困 死亡 遇难 受伤 请问 求助 求关注 求转发 快来 看看 我家 我们 你们 没人 怎么 什么 " +
		"反映 投诉 举报 欠费 不热 漏气 漏电 来电 小区 供暖 供热 供气 供电所 ：: 说的 回复 转发 你好 您好"
)

// provinces begin a number plate.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plateEnds end the plates of some kinds of cars.
const plateEnds = "学警港澳挂领试超"

// surnames of one character, by frequency; those that are common words and rare as
// names are left out.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷" +
	"侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆" +
	"蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"

// surnames2 are surnames of two characters.
const surnames2 = "欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 东方 端木 长孙 宇文 轩辕 南宫 呼延 申屠"

// class is what a character may begin or end; most are of none.
type class uint8

const (
	plainClass class = iota
	digitClass
	labelClass
	provinceClass
	atClass
	alnumClass
)

// tables are the lists above as the scanner looks them up.
type tables struct {
	class [1 << 16]class
	// ends are the last two characters of the labels of names.
	ends map[[2]rune]bool
}

//nolint:gochecknoglobals // Built once and never changed.
var lookup = sync.OnceValue(func() *tables {
	t := &tables{ends: map[[2]rune]bool{}}
	for r := range rune(len(t.class)) {
		switch {
		case r == '@':
			t.class[r] = atClass
		case isAlnum(r):
			t.class[r] = alnumClass
		case digit(r) >= 0:
			t.class[r] = digitClass
		}
	}
	for _, r := range provinces {
		t.class[r] = provinceClass
	}
	anyWord(persons+" "+authors, func(w string) bool {
		runes := []rune(w)
		last := runes[len(runes)-1]
		t.class[last] = labelClass
		t.ends[[2]rune{runes[len(runes)-2], last}] = true
		return false
	})
	return t
})

// formal says that a character is a digit as it stands on cheques.
func formal(r rune) bool {
	return strings.ContainsRune("壹贰貳叁參肆伍陆陸柒捌玖弌弍弎", r)
}

// anyWord says that one of the words of a list is right.
func anyWord(list string, ok func(word string) bool) bool {
	for list != "" {
		word, rest, _ := strings.Cut(list, " ")
		if word != "" && ok(word) {
			return true
		}
		list = rest
	}
	return false
}
